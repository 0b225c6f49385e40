/** The rules alone, over records in memory: no store, no services, thousands of runs. */
import { newId, TreelineError, type RunnerId, type SessionId } from '@treeline/shared';
import { sendPrompt, deleteSession, respond, stopSession, takeToPeople } from '@treeline/server/src/domain/people.ts';
import { loseSession } from '@treeline/server/src/domain/presence.ts';
import { spawnSession } from '@treeline/server/src/domain/spawn.ts';
import { TestWorld } from '@treeline/server/src/domain/testing.ts';
import { timerDue } from '@treeline/server/src/domain/timers.ts';
import { markDelivered } from '@treeline/server/src/domain/triggers.ts';
import { ALL } from '@treeline/server/src/domain/world.ts';
import type { Draft } from '@treeline/server/src/domain/draft.ts';
import { factOf } from './facts.ts';
import { RULES, RUNNERS } from './steps.ts';
import type { Act, Outcome, Snapshot, World } from './world.ts';

const ANN = { kind: 'person', name: 'ann' } as const;

export class DomainWorld implements World {
  readonly #world = new TestWorld(RULES);
  readonly #ids = new Map<string, SessionId>();
  readonly #runners: RunnerId[];

  constructor() {
    this.#world.now = 0;
    this.#runners = Array.from({ length: RUNNERS }, (_, at) => this.#world.runner(`runner ${at}`).id);
  }

  idOf(session: string): SessionId {
    const id = this.#ids.get(session);
    if (id === undefined) throw new Error(`no ${session}`);
    return id;
  }

  play(act: Act): Promise<Outcome> {
    try {
      return Promise.resolve(this.#play(act));
    } catch (error) {
      if (error instanceof TreelineError) return Promise.resolve(error.code);
      return Promise.reject(error as Error);
    }
  }

  snapshot(): Promise<Snapshot> {
    const world = this.#world;
    const inbox = [...world.inboxes].map(
      ([id, items]) => [id, items.map((item, at) => ({ position: at + 1, item }))] as const,
    );
    return Promise.resolve({
      sessions: world.list('session', ALL, ALL).map((id) => world.session(id)),
      triggers: world.list('trigger', ALL, ALL).map((id) => world.trigger(id)),
      inbox: new Map(inbox),
      timers: new Set(world.timers.keys()),
    });
  }

  #play(act: Act): Outcome {
    const world = this.#world;
    const decide = (decision: (draft: Draft) => unknown): Outcome => {
      world.decide(decision);
      return 'ok';
    };
    const triggerIds = new Map<SessionId, ReturnType<typeof newId<'trigger'>>>();
    const triggerId = (of: SessionId) => {
      const id = triggerIds.get(of) ?? newId('trigger');
      triggerIds.set(of, id);
      return id;
    };
    switch (act.act) {
      case 'create': {
        const id = newId('session', this.#ids.size);
        this.#ids.set(act.session, id);
        const spec = { prompt: 'work', runnerId: this.#runnerAt(act.runner) };
        return decide((draft) => spawnSession(draft, { id, spec, parentId: undefined, by: ANN }, RULES.tree));
      }
      case 'personAnswers':
        return decide((draft) => respond(draft, act.trigger, { by: ANN, response: 'yes', action: undefined }));
      case 'personEscalates':
        return decide((draft) => takeToPeople(draft, act.trigger, { by: ANN, context: undefined }));
      case 'prompt':
        return decide((draft) =>
          sendPrompt(draft, this.idOf(act.session), { text: 'go on', deliverAs: 'followUp', from: ANN }, RULES.tree),
        );
      case 'delete':
        return decide((draft) => deleteSession(draft, this.idOf(act.session)));
      case 'deliver':
        return decide((draft) => this.#deliver(draft, this.idOf(act.session)));
      case 'stop': {
        const how = { tree: act.tree, strength: 'stop', from: ANN, triggerId, times: RULES.times } as const;
        return decide((draft) => stopSession(draft, this.idOf(act.session), how));
      }
      case 'leave':
        return this.#setPresence(act.runner, 'offline');
      case 'return':
        return this.#setPresence(act.runner, 'online');
      case 'forget':
        this.#setPresence(act.runner, 'online');
        for (const id of world.list('session', 'liveOnRunner', this.#runnerAt(act.runner)))
          decide((draft) => {
            const session = draft.get('session', id);
            if (session !== undefined && ['starting', 'running', 'idle'].includes(session.lifecycle.state))
              loseSession(draft, session, { triggerId, times: RULES.times });
          });
        return 'ok';
      case 'wait':
        return this.#wait(act.ms);
      default: {
        if (act.act === 'spawn') this.#ids.set(act.session, act.id);
        const last = world.session(this.idOf(act.by)).inbox.last;
        const fact = factOf(act, { idOf: (name) => this.idOf(name), runnerAt: (at) => this.#runnerAt(at), last });
        return world.fact(this.idOf(act.by), fact)?.code ?? 'ok';
      }
    }
  }

  #deliver(draft: Draft, id: SessionId): void {
    for (const item of this.#world.inboxes.get(id) ?? [])
      if (item.kind === 'trigger') markDelivered(draft, item.triggerId, id);
  }

  #wait(ms: number): Outcome {
    const world = this.#world;
    world.now += ms;
    const due = [...world.timers.values()]
      .filter(({ at }) => at <= world.now)
      .toSorted((a, b) => a.at - b.at || `${a.id} ${a.name}`.localeCompare(`${b.id} ${b.name}`));
    for (const timer of due) world.decide((draft) => timerDue(draft, timer));
    return 'ok';
  }

  #setPresence(at: number, state: 'online' | 'offline'): Outcome {
    const id = this.#runnerAt(at);
    const { now } = this.#world;
    this.#world.decide((draft) => {
      const runner = draft.get('runner', id);
      if (runner === undefined) throw new Error(`no runner ${at}`);
      const presence =
        state === 'online'
          ? ({ state, since: now, lastHeartbeat: now, relayId: 'r' } as const)
          : ({ state, since: now } as const);
      draft.put('runner', id, { ...runner, presence });
    });
    return 'ok';
  }

  #runnerAt(at: number): RunnerId {
    const id = this.#runners[at];
    if (id === undefined) throw new Error(`no runner ${at}`);
    return id;
  }
}
