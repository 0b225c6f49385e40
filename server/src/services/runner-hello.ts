/** The first word of a runner's link: whether it may come in, what its spools go on with, and what it has lost. */
import type { RunnerId, SessionId, SpoolVerdict } from '@treeline/shared';
import { failpoint, LIMITS, PROTOCOL, START, TreelineError } from '@treeline/shared';
import { mayBeLost } from '../domain/adoption.ts';
import { admitHello, judgeSpool, loseSession, noteCopy, wakeInterrupted } from '../domain/presence.ts';
import type { Principal } from '../domain/principal.ts';
import type { RunnerRecord, SessionRecord } from '../domain/records.ts';
import type { Context } from './context.ts';
import { liveOn } from './live-on.ts';
import type { LostWrites } from './lost-writes.ts';
import type { RunnerService } from './services.ts';
import { idsPer } from './sessions.ts';

/** A session in one of these has a folder on its runner. */
const STARTED: ReadonlySet<string> = new Set(['starting', 'running', 'idle']);

export class RunnerHello {
  readonly #context: Context;
  readonly #lost: LostWrites;

  constructor(context: Context, lost: LostWrites) {
    this.#context = context;
    this.#lost = lost;
  }

  async hello(by: Principal & { kind: 'runner' }, payload: Parameters<RunnerService['hello']>[1]) {
    const { store, config, clock, hints } = this.#context;
    const { ns, runnerId } = by;
    const protocol = Math.min(payload.protocol.max, PROTOCOL.max);
    if (protocol < Math.max(payload.protocol.min, PROTOCOL.min)) {
      throw new TreelineError(
        'protocol_version',
        `The runner speaks protocol ${payload.protocol.min}-${payload.protocol.max}, this relay ${PROTOCOL.min}-${PROTOCOL.max}`,
      );
    }
    if (payload.runner.id !== runnerId)
      throw new TreelineError('forbidden', `This key is the key of ${runnerId}, not of ${payload.runner.id}`);
    const admit = {
      profile: payload.runner,
      generation: payload.generation,
      instance: payload.instance,
      relayId: config.relayId,
      times: config.presence,
    };
    const known = await store.get<RunnerRecord>(ns, { kind: 'runner', id: runnerId });
    // Looked at before the fence rises, so that a stale copy cannot cut off the true daemon.
    await this.#admit(ns, { ...admit, fence: known?.value.fence ?? 0 });
    const fence = await store.raiseFence(ns, runnerId);
    FAILPOINT: failpoint('relay.hello.fenced');
    await this.#admit(ns, { ...admit, fence });
    hints.emit({ ns, type: 'superseded', runnerId, fence });
    const claims = payload.claims === true;
    const judged = await Promise.all(payload.sessions.map((spool) => this.#judge({ ns, runnerId, claims }, spool)));
    const sessions = judged.filter((verdict) => verdict !== undefined);
    await Promise.all(payload.sessions.map((spool) => this.#lost.mendInbox(by, spool)));
    const live = await liveOn(store, { ns, runnerId });
    if (payload.sessions.length < LIMITS.sessionsPerHello)
      await this.#loseMissing({ ns, live, listed: new Set(payload.sessions.map(({ id }) => id)) });
    await this.#wakeInterrupted(ns, live);
    return {
      protocol,
      relayId: config.relayId,
      fence,
      time: clock.now(),
      publicUrl: config.publicUrl(),
      heartbeatMs: config.heartbeatMs,
      sessions,
    };
  }

  /** A stale copy is refused, and noted for people. */
  async #admit(ns: string, hello: Parameters<typeof admitHello>[1]): Promise<void> {
    const { transact } = this.#context;
    try {
      await transact.run({ ns }, (draft) => void admitHello(draft, hello));
    } catch (error) {
      if (error instanceof TreelineError && error.code === 'superseded')
        await transact.run({ ns }, (draft) => noteCopy(draft, hello.profile.id));
      throw error;
    }
  }

  /** Undefined: it is too early to say. */
  async #judge(
    { ns, runnerId, claims }: { ns: string; runnerId: RunnerId; claims: boolean },
    spool: Parameters<typeof judgeSpool>[0],
  ): Promise<SpoolVerdict | undefined> {
    const [session, head] = await Promise.all([
      this.#context.store.get<SessionRecord>(ns, { kind: 'session', id: spool.id }),
      this.#context.store.head(ns, spool.id),
    ]);
    if (session === undefined && claims && mayBeLost(spool.id, this.#context.config.storeBornAt))
      return { id: spool.id, have: START, verdict: 'lost' };
    if (session === undefined && (await this.#lost.mayComeBack(ns, spool.id))) return undefined;
    return judgeSpool(spool, session?.value, { runnerId, head });
  }

  /** Sessions that were at work on this runner and that it no longer has. */
  async #loseMissing(options: {
    ns: string;
    live: readonly SessionRecord[];
    listed: ReadonlySet<SessionId>;
  }): Promise<void> {
    const { ns, live, listed } = options;
    const { transact, config } = this.#context;
    const triggerId = idsPer('trigger');
    for (const { id, lifecycle } of live) {
      if (!STARTED.has(lifecycle.state) || listed.has(id)) continue;
      await transact.run({ ns }, (draft) => {
        const session = draft.get('session', id);
        if (session !== undefined && STARTED.has(session.lifecycle.state))
          loseSession(draft, session, { triggerId, times: config.rules.times });
      });
    }
  }

  async #wakeInterrupted(ns: string, live: readonly SessionRecord[]): Promise<void> {
    for (const { id, lifecycle, refill } of live) {
      if (lifecycle.state !== 'asleep' || lifecycle.interrupted !== true || refill !== undefined) continue;
      await this.#context.transact.run({ ns }, (draft) => {
        wakeInterrupted(draft, id);
      });
    }
  }
}
