/** How long it takes until a prompt goes all the way through again: relay, store, runner, worker, agent, and back into the log. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, SessionId } from '@treeline/shared';
import { recordsOf } from './check/records.ts';
import type { People } from './people.ts';

const LOOK_MS = 100;
const GIVE_UP_MS = 60_000;
/** Frames that are looked through: more than a session says in the time between two looks, however much had piled up. */
const TAIL = 300;

/** Milliseconds; `over`: the session has ended for good; `cut`: the run ended first, so that nobody knows. */
export type Recovery = number | 'over' | 'cut';

interface Probe {
  readonly text: string;
  readonly began: number;
  readonly settle: (recovery: Recovery) => void;
}

export class Recoveries {
  readonly #people: People;
  /** Of each session that is looked at, what it is to say. One look is for all of them: many would be a load of their own. */
  readonly #awaited = new Map<SessionId, Set<Probe>>();

  constructor(people: People) {
    this.#people = people;
  }

  /** Resolves with GIVE_UP_MS when nothing was said back in that time. */
  async measure(echo: SessionId): Promise<Recovery> {
    const began = performance.now();
    const { text, outcome } = await this.#people.send(echo);
    if (outcome === 'fail') return 'over';
    if (outcome !== 'ok') return 'cut';
    return new Promise((settle) => this.#await(echo, { text, began, settle }));
  }

  #await(echo: SessionId, probe: Probe): void {
    const others = this.#awaited.get(echo);
    if (others !== undefined) return void others.add(probe);
    const probes = new Set([probe]);
    this.#awaited.set(echo, probes);
    void this.#look(echo, probes);
  }

  async #look(echo: SessionId, probes: Set<Probe>): Promise<void> {
    while (probes.size > 0) {
      const page = await this.#people
        .ask((api) => api.readLog({ params: { id: echo }, query: { tail: TAIL } }))
        .catch(() => undefined);
      const said = page && textOf(page.frames);
      for (const probe of probes) {
        const ms = performance.now() - probe.began;
        if (said !== undefined && !said.includes(probe.text) && ms < GIVE_UP_MS) continue;
        probes.delete(probe);
        probe.settle(said === undefined ? 'cut' : Math.min(ms, GIVE_UP_MS));
      }
      await sleep(LOOK_MS);
    }
    this.#awaited.delete(echo);
  }
}

/** What the agent said; the prompt itself is in the log too, as another kind of chunk. */
function textOf(frames: readonly Frame[]): string {
  const said = recordsOf(frames).filter(
    (record) => record.kind === 'update' && record.update.sessionUpdate === 'agent_message_chunk',
  );
  return JSON.stringify(said);
}
