/** A plain command as an agent: the prompt is a line for /bin/sh, its output the log, its exit code the outcome. */
import { once } from 'node:events';
import type { StopStrength } from '@treeline/shared';
import { killGroup, pauseGroup, type KillOptions } from '../../process/identity.ts';
import {
  AgentStartError,
  type Agent,
  type AgentListener,
  type AgentSpec,
  type PromptInput,
  type StartAgent,
} from '../agent.ts';
import { spawnDeaf, type AgentProcess } from '../spawn.ts';
import { Output } from './output.ts';

/** Everything is gone within 5 s of a stop, killing included. */
const GRACE_MS = 3_000;

export const startCommand: StartAgent = (spec, listener) => Promise.resolve(new CommandAgent(spec, listener));

class CommandAgent implements Agent {
  readonly resumable = false;
  readonly #spec: AgentSpec;
  readonly #listener: AgentListener;
  #child: AgentProcess<null> | undefined;
  #kill: KillOptions = {};
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
    const started = this.#start(text);
    // One that is closed meanwhile is waited for.
    this.#over = started.then((child) => child && this.#follow(child));
    await started;
  }

  async #start(text: string): Promise<AgentProcess<null> | undefined> {
    const { cwd, env: own, launch } = this.#spec;
    try {
      const launched = await launch({ command: ['/bin/sh', '-c', text], cwd, env: own });
      if (this.#stopped) {
        this.#exit({ outcome: 'cancelled', reason: 'cancelled' });
        return undefined;
      }
      const child = await spawnDeaf(launched, { cwd });
      this.#kill = { graceMs: GRACE_MS, leaderWaits: launched.wrapped };
      this.#child = child;
      this.#listener.turn({ state: 'started' });
      // It may have been closed while it was being started.
      if (this.#stopped && child.pid !== undefined) void killGroup(child.pid, 'stop', this.#kill);
      return child;
    } catch (cause) {
      this.#exit({ outcome: 'failed', reason: 'config', detail: whyNot(cause, cwd) });
      return undefined;
    }
  }

  async #follow(child: AgentProcess<null>): Promise<void> {
    const output = new Output(child, this.#listener);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // What the command left running in the background ends with it; else its open output would keep the session.
    if (child.pid !== undefined) await killGroup(child.pid, 'stop', this.#kill);
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
      if (pid !== undefined) await killGroup(pid, strength, this.#kill);
    }
    await this.#over;
  }

  #exit(exit: Parameters<AgentListener['exit']>[0]): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#listener.exit(exit);
  }
}

function whyNot(cause: unknown, cwd: string): string {
  if (cause instanceof AgentStartError) return `${cause.message}\n${cause.detail}`;
  return `/bin/sh in ${cwd}: ${cause instanceof Error ? cause.message : String(cause)}`;
}
