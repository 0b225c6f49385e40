/**
 * The built-in agent that plays a script: its prompt is a JSON array of steps (shared/src/script.ts). It uses the same
 * tools in the same way as every other agent. A prompt that is no JSON is said back.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Script, isBlocking, parseInput, type InboxItem, type ScriptStep, type StopStrength } from '@treeline/shared';
import { writePrivate } from '../../process/files.ts';
import {
  AgentStartError,
  type Agent,
  type AgentExit,
  type AgentListener,
  type AgentSpec,
  type PromptInput,
  type StartAgent,
} from '../agent.ts';
import { Gate } from '../gate.ts';
import { ScriptRun } from './script-run.ts';
import { speak } from './speak.ts';
import { ScriptedState, endChild, freshState, takeOnce } from './state.ts';

export const startScripted: StartAgent = async (spec, listener) => {
  const agent = new ScriptedAgent(spec, listener);
  await agent.begin();
  return agent;
};

class ScriptedAgent implements Agent {
  readonly resumable = true;
  readonly #spec: AgentSpec;
  readonly #listener: AgentListener;
  readonly #scriptPath: string;
  #state = freshState();
  #waiters: (() => void)[] = [];
  #abort: AbortController | undefined;
  #turn: Promise<void> | undefined;
  /** The script of the process before this one begins in a moment: what comes now is for it. */
  #resuming = false;
  #closing = false;
  readonly #gate = new Gate();
  #exited = false;

  constructor(spec: AgentSpec, listener: AgentListener) {
    this.#spec = spec;
    this.#listener = listener;
    this.#scriptPath = join(spec.dataDir, 'script.json');
  }

  /** Takes up the script of an earlier process, if there is one. */
  async begin(): Promise<void> {
    const { resume } = this.#spec;
    if (resume === undefined) {
      this.#save();
      return;
    }
    try {
      this.#state = ScriptedState.parse(JSON.parse(resume));
      if (this.#state.step === null) {
        setImmediate(() => this.#goOn());
        return;
      }
      const steps = Script.parse(JSON.parse(await readFile(this.#scriptPath, 'utf8')));
      this.#resuming = true;
      setImmediate(() => {
        this.#resuming = false;
        this.#startTurn((signal) => this.#playScript(steps, signal));
      });
    } catch (cause) {
      throw new AgentStartError('The script of this session cannot be taken up again', {
        reason: 'error',
        detail: String(cause),
        cause,
      });
    }
  }

  prompt({ item }: PromptInput): Promise<void> {
    if (takeOnce(this.#state, item.id)) {
      this.#take(item);
      this.#save();
      this.#wake();
      this.#goOn();
    }
    return Promise.resolve();
  }

  async cancel(): Promise<void> {
    this.#abort?.abort(new Error('The turn was cancelled'));
    await this.#turn;
  }

  /** Between two steps, and between what a flood says. */
  pause(on: boolean): void {
    this.#gate.set(!on);
  }

  async close(strength: StopStrength): Promise<void> {
    this.#closing = true;
    this.#gate.set(true);
    if (strength === 'finish') await this.#turn;
    else await this.cancel();
    this.#exit({ outcome: 'cancelled', reason: 'cancelled' });
  }

  #take(item: InboxItem): void {
    const state = this.#state;
    switch (item.kind) {
      case 'prompt':
      case 'tell':
        state.messages.push(item.text);
        break;
      case 'answer':
        // What nobody answered is asked again by the step that asked.
        if (item.outcome === 'answered') state.answers.push(item.response ?? '');
        break;
      case 'trigger':
        if (isBlocking(item.type)) state.triggers.push({ id: item.triggerId, type: item.type });
        else {
          endChild(state, item.child);
          const how = item.type === 'session_complete' ? 'completed' : `failed (${item.reason ?? 'error'})`;
          this.#say(`child ${item.child} ${how}: ${item.text}`);
        }
        break;
      case 'trigger_closed':
        state.triggers = state.triggers.filter(({ id }) => id !== item.triggerId);
        break;
      case 'refusal':
        state.children = state.children.filter(({ recordId }) => recordId !== item.recordId);
        this.#say(`refused (${item.what}): ${item.message}`);
        break;
      case 'stop':
        break;
    }
  }

  /** Between turns, the oldest message is the next prompt. */
  #goOn(): void {
    if (this.#turn !== undefined || this.#resuming || this.#closing) return;
    const text = this.#state.messages.shift();
    if (text === undefined) return;
    const script = readScript(text);
    this.#startTurn(async (signal) => {
      if (script.is === 'text') return this.#say(text);
      if (script.is === 'wrong') throw script.problem;
      this.#state.step = 0;
      this.#state.answers = [];
      await writePrivate(this.#scriptPath, JSON.stringify(script.steps));
      await this.#playScript(script.steps, signal);
    });
  }

  #startTurn(play: (signal: AbortSignal) => Promise<void> | void): void {
    if (this.#closing) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.#listener.turn({ state: 'started' });
    this.#turn = this.#runTurn(abort.signal, play).finally(() => {
      this.#turn = undefined;
      this.#goOn();
    });
  }

  async #runTurn(signal: AbortSignal, play: (signal: AbortSignal) => Promise<void> | void): Promise<void> {
    let error: string | undefined;
    try {
      await play(signal);
    } catch (cause) {
      if (!signal.aborted) error = cause instanceof Error ? cause.message : String(cause);
    }
    // What is closed in the middle of a script is taken up there; what is cancelled is not.
    if (!this.#closing && !this.#exited) this.#state.step = null;
    this.#save();
    if (!this.#exited) this.#listener.turn({ state: 'ended', ...(error !== undefined && { error }) });
  }

  async #playScript(steps: readonly ScriptStep[], signal: AbortSignal): Promise<void> {
    const run = new ScriptRun({
      steps,
      state: this.#state,
      listener: this.#listener,
      tools: this.#spec.tools,
      signal,
      changed: () => new Promise((resolve) => this.#waiters.push(resolve)),
      save: () => this.#save(),
      gate: this.#gate,
    });
    const exit = await run.play();
    if (exit === undefined) return;
    if (exit.outcome === 'completed') {
      this.#state.step = null;
      this.#save();
      this.#listener.turn({ state: 'ended' });
    }
    this.#exit(exit);
  }

  #say(text: string): void {
    speak(this.#listener, 'agent_message_chunk', text);
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #save(): void {
    this.#listener.resumeToken(JSON.stringify(this.#state));
  }

  #exit(exit: AgentExit): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#closing = true;
    this.#listener.exit(exit);
  }
}

type Read =
  | { readonly is: 'script'; readonly steps: ScriptStep[] }
  | { readonly is: 'wrong'; readonly problem: Error }
  | { readonly is: 'text' };

/** A JSON array is a script or a mistake in one; anything else is a text to say back. */
function readScript(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { is: 'text' };
  }
  if (!Array.isArray(value)) return { is: 'text' };
  try {
    return { is: 'script', steps: parseInput(Script, value, 'The script') };
  } catch (error) {
    return { is: 'wrong', problem: error instanceof Error ? error : new Error(String(error)) };
  }
}
