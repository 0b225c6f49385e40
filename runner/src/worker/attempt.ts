/**
 * One attempt of a session, from `state starting` to its last record.
 *
 *   starting ──► idle ⇄ running ──► end            the agent exits, or a child has nothing left to do
 *       │          └───────┴──────► end | asleep   stopped from outside
 *       └─────────────────────────► end            the agent did not start
 */
import { setTimeout as delay } from 'node:timers/promises';
import { failpoint, LIMITS, newId, type StopStrength } from '@treeline/shared';
import { AgentStartError, type Agent, type AgentExit } from '../agents/agent.ts';
import { boundedBytes, boundedText } from './bounded.ts';
import type { FactBody, Recorder } from './recorder.ts';

/** A record that closes the attempt need not wait longer than this for an agent that is on its way out. */
const CLOSING_MS = 300;
/** An agent ends itself within its own grace of 5 s; after this it is killed. */
const STOPPING_MS = 8_000;
const KILLING_MS = 2_000;
const DETAIL_CHARS = 8_000;

/** What closes the attempt: `end`, or asleep. */
export interface Ending {
  readonly strength: StopStrength;
  /** How long to wait for the agent before the last record is written. */
  readonly waitMs: number;
  /** The last record; `exit` is what the agent said of itself, if it has. */
  readonly last: (exit: AgentExit | undefined) => FactBody;
}

export interface AttemptOptions {
  readonly recorder: Recorder;
  readonly start: () => Promise<Agent>;
  /** Whether there is a token to resume from. */
  readonly hasToken: () => boolean;
  /** Resolves when the last token is on the disk. */
  readonly tokenSaved: () => Promise<void>;
  readonly log: (text: string) => void;
}

export class Attempt {
  readonly #options: AttemptOptions;
  readonly #ready: Promise<Agent | undefined>;
  #setReady: (agent: Agent | undefined) => void = () => undefined;
  #agent: Agent | undefined;
  #exit: AgentExit | undefined;
  readonly #exited: Promise<void>;
  #setExited: () => void = () => undefined;
  #ending: Ending | undefined;
  #over: Promise<void> | undefined;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#ready = new Promise((resolve) => {
      this.#setReady = resolve;
    });
    this.#exited = new Promise((resolve) => {
      this.#setExited = resolve;
    });
  }

  /** The agent once it can be prompted; undefined when it will not be, because the attempt ends. */
  get ready(): Promise<Agent | undefined> {
    return this.#ready;
  }

  /** From its start on. */
  get agent(): Agent | undefined {
    return this.#agent;
  }

  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  get resumable(): boolean {
    return this.#agent?.resumable === true && this.#options.hasToken();
  }

  /** Runs the agent; resolves when the attempt has its last record on the disk and the agent is gone. */
  async run(): Promise<void> {
    this.#options.recorder.fact({ kind: 'state', state: 'starting' });
    void this.#start();
    await this.#exited;
    await this.#over;
  }

  async #start(): Promise<void> {
    try {
      const agent = await this.#options.start();
      this.#agent = agent;
      if (this.#ending !== undefined) return await this.#close(agent, 'kill');
      this.#options.recorder.fact({ kind: 'state', state: 'idle', resumable: agent.resumable });
      this.#setReady(agent);
    } catch (error) {
      void this.end({
        strength: 'kill',
        waitMs: 0,
        last: () => ({ ...startFailure(error), resumable: this.#options.hasToken() }),
      });
    }
  }

  /** The agent is over. */
  exited(exit: AgentExit): void {
    this.#exit = exit;
    this.#setExited();
    void this.end({ strength: 'finish', waitMs: 0, last: () => ({ ...endOf(exit), resumable: this.resumable }) });
  }

  /** Ends the attempt. A second call only makes the closing stronger. Resolves with the last record on the disk. */
  async end(ending: Ending): Promise<void> {
    if (this.#ending !== undefined) {
      if (this.#agent !== undefined && isStronger(ending.strength, this.#ending.strength)) {
        this.#ending = { ...ending, last: this.#ending.strength === 'finish' ? ending.last : this.#ending.last };
        await this.#close(this.#agent, ending.strength);
      }
      return this.#over;
    }
    this.#ending = ending;
    this.#setReady(undefined);
    this.#over = this.#finish();
    return this.#over;
  }

  async #finish(): Promise<void> {
    const { recorder, log } = this.#options;
    const first = this.#ending;
    if (first === undefined) return;
    if (this.#agent !== undefined && this.#exit === undefined) void this.#close(this.#agent, first.strength);
    if (this.#agent !== undefined) await within(this.#exited, first.waitMs);
    try {
      await this.#options.tokenSaved();
    } catch (error) {
      log(`the agent’s token could not be saved: ${String(error)}`);
    }
    recorder.fact((this.#ending ?? first).last(this.#exit));
    recorder.seal();
    await recorder.flush();
    FAILPOINT: failpoint('worker.end.written');
    if (this.#agent === undefined || this.#exit !== undefined) return this.#setExited();
    if (await within(this.#exited, STOPPING_MS)) return;
    await this.#close(this.#agent, 'kill');
    if (!(await within(this.#exited, KILLING_MS))) log('the agent did not say that it ended');
    this.#setExited();
  }

  async #close(agent: Agent, strength: StopStrength): Promise<void> {
    try {
      agent.pause(false);
      await agent.close(strength);
    } catch (error) {
      this.#options.log(`closing the agent failed: ${String(error)}`);
    }
  }

  /** For a child whose work is done. */
  complete(summary: string): Promise<void> {
    return this.end({
      strength: 'stop',
      waitMs: CLOSING_MS,
      last: () => ({ ...endOf({ outcome: 'completed', reason: 'ok', summary }), resumable: this.resumable }),
    });
  }

  /** For a child whose turn failed. */
  fail(detail: string): Promise<void> {
    return this.end({
      strength: 'stop',
      waitMs: CLOSING_MS,
      last: () => ({ ...endOf({ outcome: 'failed', reason: 'error', detail }), resumable: this.resumable }),
    });
  }

  /** Stopped by a person, a parent, or a signal. `finish` lets the turn end and counts as completed. */
  stop(strength: StopStrength, why: { summary: () => string; detail?: string }): Promise<void> {
    return this.end({
      strength,
      waitMs: strength === 'finish' ? Infinity : strength === 'stop' ? STOPPING_MS : KILLING_MS,
      last: (exit) => {
        const said = exit?.summary ?? why.summary();
        const exitWord: AgentExit =
          strength === 'finish'
            ? { outcome: 'completed', reason: 'ok', summary: said }
            : {
                outcome: 'cancelled',
                reason: 'cancelled',
                summary: said,
                ...(why.detail !== undefined && { detail: why.detail }),
              };
        return { ...endOf(exitWord), resumable: this.resumable };
      },
    });
  }

  /** The machine stops: asleep if the conversation can go on later. */
  sleep({ interrupted }: { interrupted: boolean }): Promise<void> {
    return this.end({
      strength: 'stop',
      waitMs: STOPPING_MS,
      last: () =>
        this.resumable
          ? { kind: 'state', state: 'asleep', resumable: true, ...(interrupted && { interrupted }) }
          : endOf({
              outcome: 'cancelled',
              reason: 'grace',
              detail: 'The runner stopped, and this agent cannot be resumed.',
            }),
    });
  }
}

function endOf({ outcome, reason, detail, summary }: AgentExit): FactBody {
  return {
    kind: 'end',
    triggerId: newId('trigger'),
    outcome,
    reason,
    ...(detail !== undefined && { detail: boundedText(detail, DETAIL_CHARS) }),
    ...(summary !== undefined && { summary: boundedBytes(summary, LIMITS.summaryBytes) }),
  };
}

function startFailure(error: unknown): FactBody {
  if (error instanceof AgentStartError) {
    const detail = error.detail === '' ? error.message : `${error.message}\n${error.detail}`;
    return endOf({ outcome: 'failed', reason: error.reason, detail });
  }
  const detail = `The agent did not start: ${error instanceof Error ? error.message : String(error)}`;
  return endOf({ outcome: 'failed', reason: 'error', detail });
}

const STRENGTHS: readonly StopStrength[] = ['finish', 'stop', 'kill'];
function isStronger(a: StopStrength, b: StopStrength): boolean {
  return STRENGTHS.indexOf(a) > STRENGTHS.indexOf(b);
}

/** Whether a promise settles in time. */
async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  if (ms === Infinity) {
    await promise;
    return true;
  }
  const timer = new AbortController();
  const late = delay(ms, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return inTime;
}
