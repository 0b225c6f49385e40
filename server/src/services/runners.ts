/** Runners: joining, their link, their presence, and the sessions they are to have. */
import type {
  Assignment,
  ChildSummary,
  RunnerAnswer,
  RunnerId,
  RunnerOrder,
  RunnerProfile,
  RunnerSummary,
  RunnerView,
  SessionId,
  SpoolVerdict,
} from '@treeline/shared';
import { ErrorCode, failpoint, isOpen, LIMITS, newId, PROTOCOL, TreelineError } from '@treeline/shared';
import { endSession } from '../domain/ending.ts';
import {
  admitHello,
  heartbeat,
  joinRunner,
  judgeSpool,
  linkClosed,
  loseSession,
  noteCopy,
  wakeInterrupted,
} from '../domain/presence.ts';
import type { Principal } from '../domain/principal.ts';
import type { RunnerRecord, SessionRecord, TriggerRecord } from '../domain/records.ts';
import { removeRunner } from '../domain/runner-removal.ts';
import type { Context } from './context.ts';
import { Orders } from './orders.ts';
import type { Link, RunnerService } from './services.ts';
import type { LostWrites } from './lost-writes.ts';
import { idsPer } from './sessions.ts';

const MAX = 5000;
/** A session in one of these has a folder on its runner. */
const STARTED: ReadonlySet<string> = new Set(['starting', 'running', 'idle']);

export class Runners implements RunnerService {
  readonly #context: Context;
  readonly #lost: LostWrites;
  readonly #orders: Orders;

  constructor(context: Context, lost: LostWrites) {
    this.#context = context;
    this.#lost = lost;
    this.#orders = new Orders(context.hints);
  }

  async list(by: Principal): Promise<RunnerView[]> {
    return this.#context.views.runners(by.ns, await this.#all(by.ns));
  }

  async get(by: Principal, id: RunnerId): Promise<RunnerView> {
    const view = await this.#context.views.runner(by.ns, id);
    if (view === undefined) throw new TreelineError('not_found', `There is no runner ${id}`);
    return view;
  }

  async order(by: Principal, id: RunnerId, order: RunnerOrder): Promise<RunnerAnswer> {
    const { profile, online } = await this.get(by, id);
    if (!online) throw new TreelineError('no_runner', `${profile.name} is offline: nobody can ask it for anything`);
    return this.#orders.give(by.ns, id, order);
  }

  async remove(by: Principal, id: RunnerId): Promise<SessionId[]> {
    const { transact, config } = this.#context;
    const triggerId = idsPer('trigger');
    let lost: SessionId[] = [];
    await transact.run({ ns: by.ns, call: by.call }, (draft) => {
      lost = removeRunner(draft, id, { triggerId, times: config.rules.times });
    });
    return lost;
  }

  async join(ns: string, profile: RunnerProfile): Promise<RunnerView> {
    await this.#context.transact.run({ ns }, (draft) => joinRunner(draft, profile));
    const view = await this.#context.views.runner(ns, profile.id);
    if (view === undefined) throw new TreelineError('internal', 'The runner was stored and is not there');
    return view;
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
    const judged = await Promise.all(payload.sessions.map((spool) => this.#judge(ns, runnerId, spool)));
    const sessions = judged.filter((verdict) => verdict !== undefined);
    await Promise.all(payload.sessions.map((spool) => this.#lost.mendInbox(by, spool)));
    const live = await this.#liveOn({ ns, runnerId });
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

  async heartbeat(link: Link, payload: Parameters<RunnerService['heartbeat']>[1]): Promise<void> {
    const { transact, config } = this.#context;
    await transact.run({ ns: link.ns }, (draft) => {
      heartbeat(draft, link.runnerId, {
        fence: link.fence,
        health: payload.health,
        relayId: config.relayId,
        times: config.presence,
      });
    });
  }

  async disconnected(link: Link, onPurpose: boolean): Promise<void> {
    const { transact, config } = this.#context;
    await transact.run({ ns: link.ns }, (draft) => {
      linkClosed(draft, link.runnerId, { fence: link.fence, onPurpose, times: config.presence });
    });
  }

  async assignments(link: Link): Promise<Assignment[]> {
    const live = await this.#liveOn(link);
    const queued = live.filter(({ lifecycle }) => lifecycle.state === 'queued');
    return Promise.all(queued.map((session) => this.#assignment(link.ns, session)));
  }

  async refused(link: Link, refusal: { id: SessionId; code: string; message: string }): Promise<void> {
    const { transact, config } = this.#context;
    const code = ErrorCode.safeParse(refusal.code);
    const triggerId = newId('trigger');
    await transact.run({ ns: link.ns }, (draft) => {
      const session = draft.get('session', refusal.id);
      if (session?.runnerId !== link.runnerId || session.lifecycle.state !== 'queued') return;
      const detail = `The runner refused it: ${refusal.message}${code.success ? ` (${code.data})` : ''}`;
      endSession(
        draft,
        session,
        { triggerId, outcome: 'failed', reason: 'config', detail, resumable: false },
        config.rules.times,
      );
    });
  }

  async listForSession(link: Link, session: SessionId): Promise<RunnerSummary[]> {
    await this.#mine(link, session);
    const runners = await this.#all(link.ns);
    const views = await this.#context.views.runners(link.ns, runners);
    return views.map(({ id, profile, online, sessions }) => ({
      runnerId: id,
      name: profile.name,
      online,
      self: id === link.runnerId,
      labels: profile.labels,
      agents: profile.agents.filter(({ problem }) => problem === undefined).map(({ name }) => name),
      sessions,
      capacity: profile.capacity,
    }));
  }

  async childrenOf(link: Link, session: SessionId): Promise<ChildSummary[]> {
    await this.#mine(link, session);
    const { store } = this.#context;
    const children = await store.list<SessionRecord>({
      ns: link.ns,
      kind: 'session',
      index: 'parent',
      value: session,
      limit: MAX,
    });
    const triggers = await store.list<TriggerRecord>({
      ns: link.ns,
      kind: 'trigger',
      index: 'openTo',
      value: session,
      limit: MAX,
    });
    return children.map(({ value: child }) => ({
      sessionId: child.id,
      title: child.title,
      agent: child.agent,
      runnerId: child.runnerId,
      state: child.lifecycle.state === 'ended' ? child.lifecycle.outcome : child.lifecycle.state,
      ...(child.lifecycle.state === 'ended' && child.lifecycle.summary !== undefined
        ? { summary: child.lifecycle.summary }
        : {}),
      openTriggers: triggers
        .map(({ value }) => value)
        .filter((trigger) => trigger.sessionId === child.id && isOpen(trigger))
        .map(({ id, type, text }) => ({ triggerId: id, type, text })),
    }));
  }

  /** Undefined: it is too early to say. */
  async #judge(
    ns: string,
    runnerId: RunnerId,
    spool: Parameters<typeof judgeSpool>[0],
  ): Promise<SpoolVerdict | undefined> {
    const [session, head] = await Promise.all([
      this.#context.store.get<SessionRecord>(ns, { kind: 'session', id: spool.id }),
      this.#context.store.head(ns, spool.id),
    ]);
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
    for (const { id, lifecycle } of live) {
      if (lifecycle.state !== 'asleep' || lifecycle.interrupted !== true) continue;
      await this.#context.transact.run({ ns }, (draft) => {
        wakeInterrupted(draft, id);
      });
    }
  }

  async #assignment(ns: string, session: SessionRecord): Promise<Assignment> {
    const { store, config } = this.#context;
    const head = await store.head(ns, session.id);
    return {
      id: session.id,
      attempt: session.attempt,
      agent: session.agent,
      title: session.title,
      ...(session.cwd === undefined ? {} : { cwd: session.cwd }),
      ...(session.worktree === undefined ? {} : { worktree: session.worktree }),
      ...(session.limits === undefined ? {} : { limits: session.limits }),
      ...(session.model === undefined ? {} : { model: session.model }),
      labels: session.labels,
      parentId: session.parentId,
      rootId: session.rootId,
      depth: session.depth,
      epoch: Math.max(1, head.epoch),
      inboxAfter: session.inbox.consumed,
      shareUrl: `${config.publicUrl()}/s/${session.id}`,
    };
  }

  async #mine(link: Link, id: SessionId): Promise<void> {
    const session = await this.#context.store.get<SessionRecord>(link.ns, { kind: 'session', id });
    if (session?.value.runnerId !== link.runnerId)
      throw new TreelineError('not_yours', `Session ${id} is not on this runner`);
  }

  async #liveOn(link: Pick<Link, 'ns' | 'runnerId'>): Promise<SessionRecord[]> {
    const page = { ns: link.ns, kind: 'session', index: 'liveOnRunner', value: link.runnerId, limit: MAX } as const;
    return (await this.#context.store.list<SessionRecord>(page)).map(({ value }) => value);
  }

  async #all(ns: string): Promise<RunnerRecord[]> {
    return (await this.#context.store.list<RunnerRecord>({ ns, kind: 'runner', limit: MAX })).map(({ value }) => value);
  }
}
