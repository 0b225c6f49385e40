/**
 * What goes on while things break: trees of sessions, three deep over three runners, that emit, ask, answer, tell and
 * complete, and are started anew; people who answer what comes to them; one session on each runner that says back what
 * it is told, by which a recovery is measured.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isLive, type RunnerId, type ScriptStep, type SessionId, type SessionTree } from '@treeline/shared';
import type { Machine } from './machine.ts';
import type { People } from './people.ts';
import type { Random } from './random.ts';

/** A tree that is not over by then is stopped. */
const TREE_MS = 45_000;
const LOOK_MS = 700;
/** A failed session is told to go on, this often at most. */
const REVIVALS = 6;

export interface LoadOptions {
  readonly people: People;
  readonly machines: readonly Machine[];
  readonly trees: number;
  readonly random: Random;
}

export class Load {
  readonly #options: LoadOptions;
  readonly #running: Promise<void>[] = [];
  readonly roots: SessionId[] = [];
  readonly echoes = new Map<string, SessionId>();
  finished = 0;
  stopped = 0;
  #over = false;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Resolves when the sessions that say things back are there; the rest goes on. */
  async start(): Promise<void> {
    const { machines, people, trees } = this.#options;
    for (const machine of machines) {
      const echo = await people.create({ prompt: 'here', runner: machine.id });
      if (echo !== undefined) this.echoes.set(machine.name, echo);
    }
    for (let tree = 0; tree < trees; tree++) this.#running.push(this.#keepTree(tree));
    this.#running.push(this.#answerPeople(), this.#chat());
  }

  /** For one whose worker died before its agent could be taken up again. */
  async replaceEcho(over: SessionId): Promise<void> {
    const { machines, people } = this.#options;
    const machine = machines.find(({ name }) => this.echoes.get(name) === over);
    if (machine === undefined || this.#over) return;
    const echo = await people.create({ prompt: 'here', runner: machine.id });
    if (echo !== undefined) this.echoes.set(machine.name, echo);
  }

  /** Starts nothing new; resolves when every tree is over. */
  async finish(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#running);
  }

  async #keepTree(number: number): Promise<void> {
    const { machines, people } = this.#options;
    for (let round = number; !this.#over; round++) {
      const ids = [0, 1, 2].map((step) => (machines[(round + step) % machines.length] as Machine).id);
      const root = await people.create({ prompt: treeScript(ids, this.#options.random), runner: ids[0] as string });
      if (root === undefined) continue;
      this.roots.push(root);
      await this.#untilOver(root);
    }
  }

  async #untilOver(root: SessionId): Promise<void> {
    const { people } = this.#options;
    const until = performance.now() + TREE_MS;
    const revived = new Map<SessionId, number>();
    for (let stopping = false; ;) {
      await sleep(LOOK_MS);
      const tree = await people.ask((api) => api.getSessionTree({ params: { id: root } })).catch(() => undefined);
      if (tree === undefined) return;
      const members = flatten(tree).map(({ session }) => session);
      if (members.every((session) => !isLive(session) && !mayGoOn(session, stopping))) {
        if (stopping) this.stopped += 1;
        else this.finished += 1;
        return;
      }
      if (performance.now() > until && !stopping) {
        stopping = true;
        await people
          .ask((api) => api.stopSession({ params: { id: root }, body: { tree: true, strength: 'kill' } }))
          .catch(() => undefined);
      }
      for (const session of members) {
        const times = revived.get(session.id) ?? 0;
        if (!mayGoOn(session, stopping)) continue;
        if (times >= REVIVALS) stopping = true;
        revived.set(session.id, times + 1);
        await people.send(session.id);
      }
    }
  }

  /** Answers what is with people, and now and then what is still with a parent: one of the two is first. */
  async #answerPeople(): Promise<void> {
    const { people, random } = this.#options;
    const tried = new Set<string>();
    const answering = new Set<Promise<unknown>>();
    while (!this.#over || (await this.#anyOpen())) {
      await sleep(250);
      const open = await people
        .ask((api) => api.listTriggers({ query: { state: 'open', limit: 200 } }))
        .catch(() => undefined);
      if (open === undefined) return;
      for (const { id, state, type } of open.triggers) {
        const isOurs = state.state === 'escalated' || (!tried.has(id) && random.chance(0.1));
        if (!isOurs || (tried.has(id) && state.state !== 'escalated')) continue;
        tried.add(id);
        // Often two of them at the same time: one counts.
        for (let person = random.chance(0.3) ? 2 : 1; person > 0; person--) {
          const answer = people.answer(id, type === 'plan_review' ? { action: 'approve' } : {});
          answering.add(answer);
          void answer.finally(() => answering.delete(answer));
        }
      }
      await Promise.all(answering);
    }
  }

  async #anyOpen(): Promise<boolean> {
    const live = await this.#options.people
      .ask((api) => api.listSessions({ query: { state: 'live', limit: 200 } }))
      .catch(() => undefined);
    return live?.sessions.some(({ id }) => ![...this.echoes.values()].includes(id)) ?? false;
  }

  /** A steady trickle of prompts, so that some are under way whatever breaks. */
  async #chat(): Promise<void> {
    const { people, random } = this.#options;
    while (!this.#over) {
      await sleep(random.int(100, 500));
      await people.send(random.pick([...this.echoes.values()]));
    }
  }
}

interface Ended {
  readonly lifecycle: { readonly state: string; readonly outcome?: string; readonly resumable?: boolean };
}

/** It failed where it can be taken up again. */
function mayGoOn({ lifecycle }: Ended, stopping: boolean): boolean {
  return !stopping && lifecycle.state === 'ended' && lifecycle.outcome === 'failed' && lifecycle.resumable === true;
}

function flatten(tree: SessionTree): SessionTree[] {
  return [tree, ...tree.children.flatMap(flatten)];
}

function treeScript([, child, grandchild]: readonly RunnerId[], random: Random): ScriptStep[] {
  const emit = (count: number): ScriptStep => ({
    emit: { count, bytes: random.int(20, 400), perSecond: random.int(120, 240) },
  });
  const bottom: ScriptStep[] = [
    emit(420),
    { ask: { question: 'which way?' } },
    { say: 'told $answer' },
    emit(260),
    { ask: { question: 'is it allowed?' } },
    { say: 'told $answer' },
    { waitForMessage: true },
    { say: 'heard $message' },
    emit(200),
    { finish: 'bottom done' },
  ];
  const middle: ScriptStep[] = [
    { spawn: { runnerId: grandchild as string, script: bottom } },
    emit(360),
    { respond: 'to the left' },
    { escalate: 'not mine to say' },
    { tell: 'one' },
    { tell: 'two' },
    { ask: { question: 'go on?' } },
    emit(220),
    { waitForChildren: true },
    { finish: 'middle done' },
  ];
  return [
    { spawn: { runnerId: child as string, script: middle } },
    emit(360),
    { respond: 'go on' },
    { plan: 'first this, then that' },
    emit(260),
    { waitForChildren: true },
    { finish: 'top done' },
  ];
}
