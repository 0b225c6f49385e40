/** A plain command as an agent: the prompt is a line for /bin/sh, its output the log, its exit code the outcome. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { StopStrength } from '@treeline/shared';
import { killGroup, pauseGroup } from '../../process/identity.ts';
import type { Agent, AgentListener, AgentSpec, PromptInput, StartAgent } from '../agent.ts';
import { Output } from './output.ts';

/** Everything is gone within 5 s of a stop, killing included. */
const GRACE_MS = 3_000;

export const startCommand: StartAgent = (spec, listener) => Promise.resolve(new CommandAgent(spec, listener));

class CommandAgent implements Agent {
  readonly resumable = false;
  readonly #spec: AgentSpec;
  readonly #listener: AgentListener;
  #child: ChildProcess | undefined;
  #prompted = false;
  /** Set by close and cancel: why the command ends before its time. */
  #stopped = false;
  #over: Promise<void> | undefined;
  #exited = false;

  constructor(spec: AgentSpec, listener: AgentListener) {
    this.#spec = spec;
    this.#listener = listener;
  }

  async prompt({ text, item }: PromptInput): Promise<void> {
    if (this.#prompted) {
      this.#listener.notice('warn', `A running command takes no messages; this ${item.kind} is not delivered.`);
      return;
    }
    this.#prompted = true;
    // A group of its own, so that stopping reaches everything that the command starts.
    const child = spawn('/bin/sh', ['-c', text], {
      cwd: this.#spec.cwd,
      env: { ...this.#spec.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      await once(child, 'spawn');
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      this.#exit({ outcome: 'failed', reason: 'config', detail: `/bin/sh in ${this.#spec.cwd}: ${detail}` });
      return;
    }
    this.#child = child;
    this.#listener.turn({ state: 'started' });
    this.#over = this.#follow(child);
  }

  async #follow(child: ChildProcess): Promise<void> {
    const output = new Output(child, this.#listener);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // What the command left running in the background ends with it; else its open output would keep the session.
    if (child.pid !== undefined) await killGroup(child.pid, 'stop', GRACE_MS);
    await output.end();
    this.#listener.turn({ state: 'ended' });
    const tail = output.tail();
    if (this.#stopped) this.#exit({ outcome: 'cancelled', reason: 'cancelled', summary: tail });
    else if (code === 0) this.#exit({ outcome: 'completed', reason: 'ok', summary: tail });
    else if (signal !== null)
      this.#exit({ outcome: 'failed', reason: 'signal', detail: `ended by ${signal}\n${tail}`.trim() });
    else this.#exit({ outcome: 'failed', reason: 'error', detail: `exit code ${code}\n${tail}`.trim() });
  }

  async cancel(): Promise<void> {
    await this.close('stop');
  }

  pause(on: boolean): void {
    const { pid, exitCode, signalCode } = this.#child ?? {};
    if (pid !== undefined && exitCode === null && signalCode === null) pauseGroup(pid, on);
  }

  async close(strength: StopStrength): Promise<void> {
    if (this.#over === undefined) {
      this.#prompted = true;
      this.#exit({ outcome: 'cancelled', reason: 'cancelled' });
      return;
    }
    if (strength !== 'finish' && !this.#exited) {
      this.#stopped = true;
      const pid = this.#child?.pid;
      if (pid !== undefined) await killGroup(pid, strength, GRACE_MS);
    }
    await this.#over;
  }

  #exit(exit: Parameters<AgentListener['exit']>[0]): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#listener.exit(exit);
  }
}
