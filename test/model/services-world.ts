/** The services over a store, in a namespace of their own: the way that a relay goes, without its sockets. */
import {
  lastSeq,
  LIMITS,
  newId,
  TreelineError,
  type Frame,
  type KeyId,
  type RunnerProfile,
  type SessionId,
  type SpoolStatus,
} from '@treeline/shared';
import { localHints } from '@treeline/server/src/adapters/hints/local.ts';
import type { TimerRef } from '@treeline/server/src/domain/draft.ts';
import type { Principal } from '@treeline/server/src/domain/principal.ts';
import type { RecordKind, SessionRecord, TriggerRecord } from '@treeline/server/src/domain/records.ts';
import { timerDue } from '@treeline/server/src/domain/timers.ts';
import type { Store } from '@treeline/server/src/ports/store.ts';
import { createServices } from '@treeline/server/src/services/create.ts';
import type { Link } from '@treeline/server/src/services/services.ts';
import { TestSender } from '@treeline/server/src/services/notify/testing.ts';
import { Transactor } from '@treeline/server/src/services/transact.ts';
import { factOf } from './facts.ts';
import { RULES, RUNNERS } from './steps.ts';
import type { Act, Outcome, Snapshot, World } from './world.ts';

/** Timers of namespaces of earlier runs are put off until nobody asks. */
const FOR_EVER_MS = 1e12;
const PAGE = 5000;
const PRESENCE = { offlineAfterMs: 25_000, flapGraceMs: 5_000 };

interface RunnerState {
  readonly profile: RunnerProfile;
  readonly keyId: KeyId;
  link: Link;
  online: boolean;
}

export class ServicesWorld implements World {
  readonly #store: Store;
  readonly #ns: string;
  readonly #services: ReturnType<typeof createServices>;
  readonly #transact: Transactor;
  readonly #clock = { at: 0, now: () => this.#clock.at };
  readonly #ids = new Map<string, SessionId>();
  readonly #sent = new Map<SessionId, Frame>();
  readonly #runners: RunnerState[] = [];

  private constructor(store: Store, ns: string) {
    this.#store = store;
    this.#ns = ns;
    const hints = localHints(() => undefined);
    this.#transact = new Transactor({ store, hints, clock: this.#clock });
    const config = {
      relayId: 'relay',
      publicUrl: () => 'http://relay',
      rules: RULES,
      presence: PRESENCE,
      storeBornAt: 0,
      heartbeatMs: 10_000,
    };
    this.#services = createServices({
      store,
      hints,
      clock: this.#clock,
      config,
      sender: new TestSender(),
      isRevoked: async () => false,
      isDisabled: async () => false,
    });
  }

  static async open(store: Store, ns: string): Promise<ServicesWorld> {
    const world = new ServicesWorld(store, ns);
    for (let at = 0; at < RUNNERS; at++) await world.#join(at);
    return world;
  }

  idOf(session: string): SessionId {
    const id = this.#ids.get(session);
    if (id === undefined) throw new Error(`no ${session}`);
    return id;
  }

  async play(act: Act): Promise<Outcome> {
    try {
      return await this.#play(act);
    } catch (error) {
      if (error instanceof TreelineError) return error.code;
      throw error;
    }
  }

  async snapshot(): Promise<Snapshot> {
    const page = { ns: this.#ns, limit: PAGE } as const;
    const sessions = await this.#store.list<SessionRecord>({ ...page, kind: 'session' });
    const triggers = await this.#store.list<TriggerRecord>({ ...page, kind: 'trigger' });
    const inboxes = sessions.map(
      async ({ value: { id } }) => [id, await this.#store.readInbox(this.#ns, id, 0, PAGE)] as const,
    );
    return {
      sessions: sessions.map(({ value }) => value),
      triggers: triggers.map(({ value }) => value),
      inbox: new Map(await Promise.all(inboxes)),
      lists: await this.#lists(sessions.map(({ id }) => id)),
    };
  }

  async #lists(sessions: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const names = [
      'session/live/yes',
      'session/live/no',
      'trigger/open/yes',
      'trigger/open/no',
      'trigger/escalated/yes',
      ...this.#runners.map(({ profile }) => `session/liveOnRunner/${profile.id}`),
      ...sessions.flatMap((id) =>
        ['session/parent', 'session/root', 'trigger/session', 'trigger/openTo'].map((it) => `${it}/${id}`),
      ),
    ];
    const listed = names.map(async (name) => {
      const [kind = '', index = '', value = ''] = name.split('/');
      const query = { ns: this.#ns, kind: kind as RecordKind, index, value, limit: PAGE };
      return [name, (await this.#store.list(query)).map(({ id }) => id)] as const;
    });
    return new Map(await Promise.all(listed));
  }

  async #play(act: Act): Promise<Outcome> {
    const { sessions, triggers, runners } = this.#services;
    const ann: Principal = {
      kind: 'person',
      ns: this.#ns,
      name: 'ann',
      id: newId('person'),
      role: 'owner',
      keyId: newId('key'),
    };
    switch (act.act) {
      case 'create': {
        const runnerId = this.#runnerAt(act.runner).profile.id;
        const { session } = await sessions.create(ann, { prompt: 'work', runnerId });
        this.#ids.set(act.session, session.id);
        return 'ok';
      }
      case 'personAnswers':
        await triggers.respond(ann, act.trigger, { response: 'yes' });
        return 'ok';
      case 'personEscalates':
        await triggers.escalate(ann, act.trigger, {});
        return 'ok';
      case 'prompt':
        await sessions.send(ann, this.idOf(act.session), { text: 'go on', deliverAs: 'followUp' });
        return 'ok';
      case 'delete':
        await sessions.remove(ann, this.idOf(act.session));
        return 'ok';
      case 'stop':
        await sessions.stop(ann, this.idOf(act.session), { tree: act.tree, strength: 'stop' });
        return 'ok';
      case 'deliver':
        return this.#deliver(this.idOf(act.session));
      case 'leave': {
        const runner = this.#runnerAt(act.runner);
        await runners.disconnected(runner.link, true);
        runner.online = false;
        return 'ok';
      }
      case 'return':
        return this.#hello(act.runner, await this.#spools(act.runner));
      case 'forget':
        return this.#hello(act.runner, []);
      case 'wait':
        return this.#wait(act.ms);
      default:
        return this.#send(act);
    }
  }

  async #send(act: Extract<Act, { by: string }>): Promise<Outcome> {
    if (act.act === 'spawn') this.#ids.set(act.session, act.id);
    const session = this.idOf(act.by);
    const record = await this.#session(session);
    const last = record?.inbox.last ?? 0;
    const fact = factOf(act, {
      idOf: (name) => this.idOf(name),
      runnerAt: (at) => this.#runnerAt(at).profile.id,
      last,
    });
    const before = this.#sent.get(session);
    const frame: Frame = {
      id: newId('frame'),
      session,
      epoch: 1,
      first: before === undefined ? 1 : lastSeq(before) + 1,
      count: 1,
      kind: 'fact',
      body: JSON.stringify([{ ...fact, id: newId('record'), at: 1 }]),
    };
    this.#sent.set(session, frame);
    const runner = this.#runners.find(({ profile }) => profile.id === record?.runnerId);
    if (runner === undefined) throw new Error(`nobody has ${act.by}`);
    const [ack] = await this.#services.logs.intake(runner.link, [frame]);
    if (ack?.verdict !== undefined) return ack.verdict;
    return ack?.refused[0]?.code ?? 'ok';
  }

  async #deliver(id: SessionId): Promise<Outcome> {
    const runnerId = (await this.#session(id))?.runnerId;
    const link = this.#runners.find(({ profile }) => profile.id === runnerId)?.link;
    if (link === undefined) return 'not_yours';
    const { inboxes } = this.#services;
    for (let after = 0; ;) {
      const entries = await inboxes.read(link, id, after);
      await inboxes.delivered(link, id, entries);
      after = entries.at(-1)?.position ?? after;
      if (entries.length < LIMITS.inboxItemsPerPush) return 'ok';
    }
  }

  /** As the pump does, but one after the other and without waiting. Runners that are there go on with their heartbeats. */
  async #wait(ms: number): Promise<Outcome> {
    this.#clock.at += ms;
    const due = (await this.#store.claimDue(this.#clock.at, PAGE, FOR_EVER_MS)).filter(({ ns }) => ns === this.#ns);
    due.sort((a, b) => a.at - b.at || `${a.id} ${a.name}`.localeCompare(`${b.id} ${b.name}`));
    for (const { id, kind, name } of due) {
      const ref: TimerRef = { kind: kind as RecordKind, id, name: name as TimerRef['name'] };
      await this.#transact.run({ ns: this.#ns }, (draft) => {
        timerDue(draft, ref);
      });
    }
    const health = { load: 0, memory: 0, disk: 0 };
    for (const { link, online } of this.#runners)
      if (online) await this.#services.runners.heartbeat(link, { fence: link.fence, health: health as never });
    return 'ok';
  }

  async #join(at: number): Promise<void> {
    const id = newId('runner');
    const profile: RunnerProfile = {
      id,
      name: `runner ${at}`,
      version: '1.0.0',
      platform: 'linux-arm64',
      labels: {},
      capacity: 8,
      defaultAgent: 'scripted',
      agents: [{ name: 'scripted', kind: 'scripted' }],
    };
    await this.#services.runners.join(this.#ns, profile);
    this.#runners.push({ profile, keyId: newId('key'), link: { ns: this.#ns, runnerId: id, fence: 0 }, online: true });
    await this.#hello(at, []);
  }

  async #hello(at: number, sessions: SpoolStatus[]): Promise<Outcome> {
    const runner = this.#runnerAt(at);
    const { profile, keyId } = runner;
    const by = { kind: 'runner', ns: this.#ns, name: profile.name, keyId, runnerId: profile.id } as const;
    const hello = { protocol: { min: 1, max: 1 }, runner: profile, instance: 'one', generation: 1, sessions };
    const { fence } = await this.#services.runners.hello(by, hello);
    runner.link = { ns: this.#ns, runnerId: profile.id, fence };
    runner.online = true;
    return 'ok';
  }

  /** What the runner has of each of its sessions: all of it, acknowledged. */
  async #spools(at: number): Promise<SpoolStatus[]> {
    const { id } = this.#runnerAt(at).profile;
    const page = { ns: this.#ns, kind: 'session', index: 'liveOnRunner', value: id, limit: PAGE } as const;
    const live = await this.#store.list<SessionRecord>(page);
    return live.map(({ value: session }) => {
      const frame = this.#sent.get(session.id);
      const last = frame === undefined ? { epoch: 0, seq: 0 } : { epoch: 1, seq: lastSeq(frame) };
      const lastFrame = frame?.id ?? null;
      const { attempt, inbox } = session;
      return {
        id: session.id,
        attempt,
        last,
        lastFrame,
        acked: last,
        ackedFrame: lastFrame,
        inboxPosition: inbox.last,
        live: true,
      };
    });
  }

  async #session(id: SessionId): Promise<SessionRecord | undefined> {
    return (await this.#store.get<SessionRecord>(this.#ns, { kind: 'session', id }))?.value;
  }

  #runnerAt(at: number): RunnerState {
    const runner = this.#runners[at];
    if (runner === undefined) throw new Error(`no runner ${at}`);
    return runner;
  }
}
