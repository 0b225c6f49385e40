/** Any agent that speaks the Agent Client Protocol (agentclientprotocol.com, version 1) on its stdio, given by its command line. */
import type { StopStrength } from '@treeline/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AgentStartError,
  type Agent,
  type AgentExit,
  type AgentListener,
  type AgentSpec,
  type PromptInput,
  type StartAgent,
} from '../agent.ts';
import { presetHints } from '../presets.ts';
import { startChild, type AgentChild, type ChildExit } from './child.ts';
import { connectAcp, type AcpConnection } from './connection.ts';
import { TurnDriver } from './driver.ts';
import { Kept } from './kept.ts';
import { startMcpServer, type McpServer } from './mcp-server.ts';
import { Questions } from './questions.ts';
import { openSession, type AcpSession } from './session.ts';
import { ToolCalls } from './tool-calls.ts';
import { Updates } from './updates.ts';

/** In milliseconds. */
export interface AcpTimes {
  /** For the first answer; several agents that start at once on a small machine take their time. */
  readonly initializeMs?: number;
  /** A steering message waits this long at most for the end of a tool call before it interrupts the turn. */
  readonly steerPatienceMs: number;
  /** For a cancelled turn to end. */
  readonly cancelMs: number;
  /** After stdin was closed, until SIGTERM. */
  readonly eofMs: number;
  /** After SIGTERM, until SIGKILL. */
  readonly termMs: number;
}

const TIMES: AcpTimes = { steerPatienceMs: 5_000, cancelMs: 10_000, eofMs: 1_000, termMs: 3_500 };

export const startAcp: StartAgent = (spec, listener) => startAcpWith(TIMES, spec, listener);

export async function startAcpWith(times: AcpTimes, spec: AgentSpec, listener: AgentListener): Promise<Agent> {
  const hints = presetHints(spec.config.name);
  const mcp = await startMcpServer(spec.tools);
  let child: AgentChild | undefined;
  try {
    child = await startChild({
      command: spec.config.command,
      cwd: spec.cwd,
      env: spec.env,
      launch: spec.launch,
      installHint: hints.install,
    });
    const agent = new AcpAgent({ times, spec, listener, mcp, child, loginHint: hints.login });
    await agent.open();
    return agent;
  } catch (error) {
    await child?.kill();
    await mcp.close();
    throw error;
  }
}

interface Parts {
  readonly times: AcpTimes;
  readonly spec: AgentSpec;
  readonly listener: AgentListener;
  readonly mcp: McpServer;
  readonly child: AgentChild;
  readonly loginHint: string | undefined;
}

class AcpAgent implements Agent {
  readonly #parts: Parts;
  readonly #connection: AcpConnection;
  readonly #kept: Kept;
  readonly #updates: Updates;
  readonly #toolCalls = new ToolCalls();
  readonly #questions: Questions;
  readonly #exited: Promise<void>;
  #session: AcpSession | undefined;
  #driver: TurnDriver | undefined;
  #closing: StopStrength | undefined;
  #tokenGiven = false;

  constructor(parts: Parts) {
    const { listener, spec, child } = parts;
    this.#parts = parts;
    this.#kept = new Kept(spec.dataDir, {
      resumed: spec.resume !== undefined,
      onProblem: (text) => listener.notice('warn', text),
    });
    this.#updates = new Updates({ listener, kept: this.#kept });
    this.#questions = new Questions({
      listener,
      tools: spec.tools,
      toolCalls: this.#toolCalls,
      followUp: (text) => void this.#driver?.deliver({ text, deliverAs: 'followUp' }).catch(() => undefined),
    });
    this.#connection = connectAcp(child, {
      update: (update) => {
        // Before the session is open these are the history of an earlier attempt, which the log has.
        if (this.#driver === undefined) return;
        this.#driver.sign();
        this.#updates.take(update);
        if (this.#toolCalls.note(update)) this.#driver.boundary();
        if (this.#driver.busy) this.#giveToken();
        else this.#updates.flushSoon();
      },
      permission: (request, signal) => {
        this.#driver?.sign();
        this.#updates.flush();
        return this.#questions.permission(request, signal);
      },
      elicitation: (request, signal) => {
        this.#driver?.sign();
        this.#updates.flush();
        return this.#questions.elicitation(request, signal);
      },
    });
    this.#exited = this.#watchExit();
  }

  get resumable(): boolean {
    return this.#session?.resumable === true;
  }

  /** Rejects with an AgentStartError that carries the end of stderr. */
  async open(): Promise<void> {
    const { spec, mcp, listener, loginHint, times } = this.#parts;
    const connection = this.#connection;
    try {
      this.#session = await openSession({ connection, spec, mcp, loginHint, initializeMs: times.initializeMs });
    } catch (error) {
      throw await this.#startError(error);
    }
    this.#driver = new TurnDriver({
      connection,
      sessionId: this.#session.id,
      nativeSteering: this.#session.nativeSteering,
      listener,
      kept: this.#kept,
      steerPatienceMs: times.steerPatienceMs,
      loginHint,
      onInterrupt: () => {
        mcp.dropCalls();
        this.#questions.withdrawAll();
      },
      onEnded: (response) => {
        this.#questions.withdrawAll();
        this.#toolCalls.clear();
        this.#updates.flush();
        this.#updates.takeResponse(response);
        if (response !== undefined) this.#giveToken();
      },
    });
    for (const warning of this.#session.warnings) listener.notice('warn', warning);
    if (spec.resume !== undefined) this.#giveToken();
  }

  async prompt({ text, deliverAs, item }: PromptInput): Promise<void> {
    if (this.#driver === undefined) throw new Error('the agent has not started');
    await this.#driver.deliver({ text, deliverAs, id: item.id });
  }

  async cancel(): Promise<void> {
    const { cancelMs } = this.#parts.times;
    this.#driver?.cancel();
    if (!(await this.#idleWithin(cancelMs)))
      throw new Error(`the agent did not end its turn within ${cancelMs / 1000} s`);
  }

  pause(on: boolean): void {
    this.#parts.child.pause(on);
  }

  async close(strength: StopStrength): Promise<void> {
    const { child, times } = this.#parts;
    if (this.#closing === undefined || strength === 'kill') this.#closing = strength;
    this.#driver?.stopTaking();
    if (strength === 'finish') await Promise.race([this.#driver?.idle(), this.#exited]);
    if (strength === 'stop') {
      this.#driver?.cancel();
      await this.#idleWithin(times.eofMs);
    }
    if (strength === 'kill') await child.kill();
    else await child.end(times);
    await this.#exited;
  }

  /** Whether no turn runs any more by then. */
  async #idleWithin(ms: number): Promise<boolean> {
    const patience = new AbortController();
    const late = sleep(ms, 'late' as const, { signal: patience.signal }).catch(() => undefined);
    const first = await Promise.race([this.#driver?.idle(), this.#exited, late]);
    patience.abort();
    return first !== 'late';
  }

  /** Not before the conversation holds something: agents cannot load an empty one. */
  #giveToken(): void {
    if (this.#tokenGiven || this.#session?.resumable !== true) return;
    this.#tokenGiven = true;
    this.#parts.listener.resumeToken(this.#session.id);
  }

  async #watchExit(): Promise<void> {
    const { child, mcp, listener } = this.#parts;
    // An agent that closed its output can say nothing more.
    void this.#connection.closed.then(() => child.end({ eofMs: 1_000, termMs: 1_000 }));
    const exit = await child.exited;
    this.#connection.close();
    this.#questions.withdrawAll();
    await mcp.close();
    this.#updates.flush();
    const told = this.#describe(exit);
    this.#driver?.end(new Error(told.detail ?? 'the agent has ended'));
    // Before it was open, the start fails instead.
    if (this.#driver !== undefined) listener.exit(told);
  }

  #describe({ code, signal }: ChildExit): AgentExit {
    if (this.#closing === 'finish') return { outcome: 'completed', reason: 'ok' };
    if (this.#closing !== undefined) return { outcome: 'cancelled', reason: 'cancelled' };
    const how = signal === null ? `it ended by itself with exit code ${code}` : `it was ended by ${signal}`;
    const stderr = this.#parts.child.stderrTail();
    return {
      outcome: 'failed',
      reason: signal === null ? 'error' : 'signal',
      detail: stderr === '' ? how : `${how}\n${stderr}`,
    };
  }

  async #startError(error: unknown): Promise<AgentStartError> {
    const { child, spec } = this.#parts;
    const known = error instanceof AgentStartError ? error : undefined;
    // Its last words may still be on their way.
    const exit = this.#connection.isClosed() ? await Promise.race([child.exited, sleep(500, undefined)]) : undefined;
    const stderr = child.stderrTail();
    const message =
      exit === undefined || exit === null
        ? (known?.message ?? `${spec.config.name} could not be started`)
        : `${spec.config.name} ended while it started (${exit.signal ?? `exit code ${exit.code}`})`;
    const detail = [known?.detail ?? '', stderr].filter((part) => part !== '').join('\n');
    return new AgentStartError(message, { reason: known?.reason ?? 'error', detail, cause: error });
  }
}
