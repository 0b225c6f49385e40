/**
 * The agent port: one running agent behind one shape, whatever program it is. agent.contract.ts is the suite that every
 * adapter passes. An adapter only translates; it knows neither relay, nor spool, nor inbox.
 */
import type {
  Ask,
  DeliverAs,
  InboxItem,
  Outcome,
  Reason,
  SessionUpdate,
  StopStrength,
  TriggerAction,
  Usage,
} from '@treeline/shared';

/** How to start one kind of agent on this runner; data, from presets and the runner's agents file. */
export interface AgentConfig {
  readonly name: string;
  readonly kind: 'pi' | 'acp' | 'command' | 'scripted';
  /** Program and arguments; empty for `scripted` and `command`. */
  readonly command: readonly string[];
  /** Set for the agent on top of the allow-listed environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables that may pass from the runner's own environment, beyond the general allow-list. */
  readonly passEnv: readonly string[];
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export interface ToolResult {
  /** JSON or prose for the model. */
  readonly text: string;
  readonly isError: boolean;
}

/** The tools of Treeline, offered to the agent by the worker. */
export interface ToolHost {
  readonly definitions: readonly ToolDefinition[];
  /**
   * Never rejects: a problem is a result with isError. `patienceMs`: a tool that waits for an answer returns by then with
   * "not answered yet", and the answer follows as a prompt; absent: it waits without limit. Aborting withdraws a question.
   */
  call(name: string, args: unknown, options: { signal: AbortSignal; patienceMs?: number }): Promise<ToolResult>;
}

/** How a person or parent decided on something the agent itself asked (permission, plan, elicitation). */
export type AskOutcome =
  | { readonly outcome: 'answered'; readonly response: string; readonly action?: TriggerAction | undefined }
  | { readonly outcome: 'expired' | 'cancelled' };

/** What the adapter tells the worker. Called in order; must not throw. */
export interface AgentListener {
  /** Unfinished output: shown, never stored. The same text comes again, joined, in `update`. */
  delta(update: SessionUpdate): void;
  /** A finished step: stored. */
  update(update: SessionUpdate): void;
  usage(usage: Usage): void;
  /** A turn began or ended; between turns the agent is idle. `error`: the turn failed, and the agent lives on. */
  turn(event: { readonly state: 'started' } | { readonly state: 'ended'; readonly error?: string }): void;
  /** What `AgentSpec.resume` will be at the next start of this session; may change. */
  resumeToken(token: string): void;
  /** Something for the log that is not the agent's output: a retry, a warning, stderr. */
  notice(level: 'info' | 'warn' | 'error', text: string): void;
  /** The agent itself asks for a decision. Resolves when there is one. */
  ask(ask: Ask, signal: AbortSignal): Promise<AskOutcome>;
  /** The agent is over. Called exactly once, last. */
  exit(exit: AgentExit): void;
}

export interface AgentExit {
  readonly outcome: Outcome;
  readonly reason: Reason;
  /** Exit code, signal, tail of stderr: for people. */
  readonly detail?: string;
  readonly summary?: string;
}

/** A program that an agent's adapter wants to start. */
export interface LaunchWish {
  readonly command: readonly string[];
  readonly cwd: string;
  /** Complete environment for the process. */
  readonly env: Readonly<Record<string, string>>;
  /** A file of the adapter that the program reads, and a folder in which it keeps what is its own; both below `dataDir`. */
  readonly reads?: string | undefined;
  readonly keepsIn?: string | undefined;
}

/** What is started for it. */
export interface Launch extends Pick<LaunchWish, 'command' | 'env'> {
  /** Its first process only waits for the program within: it is not to be asked to end. */
  readonly wrapped: boolean;
}

/** How programs of agents are started on this runner. Rejects with an AgentStartError when they are not to be. */
export type Launcher = (wish: LaunchWish) => Promise<Launch>;

/** Without isolation. */
export const asItIs: Launcher = ({ command, env }) => Promise.resolve({ command, env, wrapped: false });

export interface AgentSpec {
  readonly config: AgentConfig;
  readonly sessionId: string;
  readonly cwd: string;
  readonly model?: string | undefined;
  /** Token of an earlier attempt: go on with that conversation. */
  readonly resume?: string | undefined;
  /** Private folder of this session for the agent's own files; exists, 0700. */
  readonly dataDir: string;
  /** Complete environment for the child process. */
  readonly env: Readonly<Record<string, string>>;
  /** Every program of the agent is started by it. */
  readonly launch: Launcher;
  readonly tools: ToolHost;
  /** Whether the session has a parent (an agent of its own may be told so). */
  readonly isChild: boolean;
}

export interface PromptInput {
  /** For the model: complete in itself, with every id that the agent needs. */
  readonly text: string;
  readonly deliverAs: DeliverAs;
  /** The inbox item that it renders, for agents that are programs (scripted). */
  readonly item: InboxItem;
}

/** What the worker asks of a running agent. */
export interface Agent {
  /** The conversation goes on after the process ends, by `resume`. */
  readonly resumable: boolean;
  /** Hands over a message; resolves when the agent has it (in its turn or its own queue). Never starts a second turn beside a running one. */
  prompt(input: PromptInput): Promise<void>;
  /** Interrupts the turn; resolves when it has ended. */
  cancel(): Promise<void>;
  /**
   * Holds the agent where it stands, or lets it go on: called at a tool boundary, for a disk that is full. It says nothing
   * meanwhile. One that is closed is let go first.
   */
  pause(on: boolean): void;
  /** Ends the agent: finish = after the turn; stop = ask, grace, then kill the group; kill = at once. `exit` follows. */
  close(strength: StopStrength): Promise<void>;
}

/** Resolves when the agent can be prompted; rejects with a TreelineError or AgentStartError that carries the stderr tail. */
export type StartAgent = (spec: AgentSpec, listener: AgentListener) => Promise<Agent>;

/** An agent that did not start, with what a person needs to mend it. */
export class AgentStartError extends Error {
  readonly reason: Reason;
  readonly detail: string;

  constructor(message: string, options: { reason: Reason; detail: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'AgentStartError';
    this.reason = options.reason;
    this.detail = options.detail;
  }
}
