/** Carries out what turns.ts decides: the only place that sends session/prompt. */
import { methods } from '@agentclientprotocol/sdk';
import { z } from 'zod';
import type { AgentListener } from '../agent.ts';
import { isAuthRequired, problemText, type AcpConnection } from './connection.ts';
import type { Kept } from './kept.ts';
import { initialTurns, step, type Message, type Step, type TurnAction, type TurnEvent } from './turns.ts';

export interface DriverOptions {
  readonly connection: AcpConnection;
  readonly sessionId: string;
  readonly nativeSteering: boolean;
  readonly listener: AgentListener;
  readonly steerPatienceMs: number;
  readonly loginHint?: string | undefined;
  readonly kept: Kept;
  /** Before session/cancel is sent: open questions and tool calls of the turn are over. */
  readonly onInterrupt: () => void;
  /** Before the end of a turn is told. */
  readonly onEnded: (response: unknown) => void;
}

/** A prompt without any sign from the agent counts as taken after this long: it has read its stdin by then. */
const TAKEN_MS = 500;
const CANCEL_AGAIN_MS = 1_000;

/** `id`: of the inbox item; a message with it is given to the conversation once. */
export interface Delivery extends Message {
  readonly id?: string | undefined;
}

interface Waiting extends Delivery {
  readonly taken: () => void;
  readonly lost: (error: Error) => void;
}

const PromptResponse = z.looseObject({ stopReason: z.string() });
const Steered = z.looseObject({ outcome: z.string() });

const STOPPED: Readonly<Record<string, string>> = {
  max_tokens: 'The turn ended early: the model reached its token limit.',
  max_turn_requests: 'The turn ended early: the agent reached its limit of model requests in one turn.',
  refusal: 'The agent refused to go on.',
};

export class TurnDriver {
  readonly #options: DriverOptions;
  #state;
  #patience: NodeJS.Timeout | undefined;
  #cancelling: NodeJS.Timeout | undefined;
  #interrupted = false;
  #idleWaiters: (() => void)[] = [];
  /** Messages on their way into a running turn. */
  readonly #steering = new Set<Waiting>();
  /** Messages of the turn that runs, until the agent shows that it has them. */
  #given: readonly Waiting[] = [];
  #takenTimer: NodeJS.Timeout | undefined;
  #over: Error | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#state = initialTurns<Waiting>(options.nativeSteering);
  }

  /** Resolves when the agent has the message, rejects when it never will. */
  deliver(message: Delivery): Promise<void> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (message.id !== undefined && this.#options.kept.wasGiven(message.id)) return Promise.resolve();
    return new Promise((taken, lost) => this.#event({ type: 'message', message: { ...message, taken, lost } }));
  }

  /** The agent does something: it has what it was given. */
  sign(): void {
    clearTimeout(this.#takenTimer);
    const given = this.#given;
    this.#given = [];
    this.#taken(given);
  }

  /** A tool call is over: a good moment for a steering message that waits. */
  boundary(): void {
    this.#event({ type: 'boundary' });
  }

  cancel(): void {
    this.#event({ type: 'cancel' });
  }

  /** From now on no turn begins. */
  stopTaking(): void {
    this.#event({ type: 'close' });
  }

  get busy(): boolean {
    return this.#state.phase !== 'idle';
  }

  /** Resolves when no turn runs. */
  idle(): Promise<void> {
    return this.busy ? new Promise((resolve) => this.#idleWaiters.push(resolve)) : Promise.resolve();
  }

  /** The agent is gone: what waits is lost, and a turn that runs has ended. */
  end(reason: Error): void {
    if (this.#over !== undefined) return;
    this.#over = reason;
    this.stopTaking();
    clearTimeout(this.#takenTimer);
    for (const message of [...this.#given, ...this.#state.waiting, ...this.#steering]) message.lost(reason);
    this.#given = [];
    this.#state = { ...this.#state, waiting: [] };
    if (this.busy) this.#ended(undefined, this.#interrupted ? undefined : reason.message);
  }

  #event(event: TurnEvent<Waiting>): void {
    const { state, actions }: Step<Waiting> = step(this.#state, event);
    this.#state = state;
    for (const action of actions) this.#act(action);
  }

  #act(action: TurnAction<Waiting>): void {
    switch (action.type) {
      case 'prompt':
        void this.#prompt(action.messages);
        return;
      case 'steer':
        void this.#steer(action.message);
        return;
      case 'patience':
        this.#patience ??= setTimeout(() => this.boundary(), this.#options.steerPatienceMs);
        return;
      case 'interrupt':
        this.#interrupted = true;
        this.#options.onInterrupt();
        this.#cancelTurn();
        // One that comes before the turn is under way is lost on some agents.
        this.#cancelling = setInterval(() => this.#cancelTurn(), CANCEL_AGAIN_MS);
        return;
    }
  }

  #cancelTurn(): void {
    // A broken pipe shows as the agent's exit.
    this.#options.connection.notify(methods.agent.session.cancel, this.#session).catch(() => undefined);
  }

  get #session() {
    return { sessionId: this.#options.sessionId };
  }

  async #prompt(messages: readonly Waiting[]): Promise<void> {
    const { connection, listener } = this.#options;
    this.#interrupted = false;
    listener.turn({ state: 'started' });
    const prompt = messages.map(({ text }) => ({ type: 'text', text }));
    const response = connection.request(methods.agent.session.prompt, { ...this.#session, prompt });
    this.#given = messages;
    this.#takenTimer = setTimeout(() => this.sign(), TAKEN_MS);
    try {
      const ended = await response;
      this.sign();
      this.#ended(ended);
    } catch (error) {
      // The agent is gone: its exit says why, and `end` ends the turn.
      if (connection.isClosed()) return;
      this.sign();
      this.#ended(undefined, this.#interrupted ? undefined : this.#explain(error));
    }
  }

  #ended(response: unknown, error?: string): void {
    const { listener, onEnded } = this.#options;
    clearInterval(this.#cancelling);
    clearTimeout(this.#patience);
    this.#patience = undefined;
    onEnded(response);
    const stopped = STOPPED[PromptResponse.safeParse(response).data?.stopReason ?? ''];
    if (stopped !== undefined) listener.notice('warn', stopped);
    listener.turn({ state: 'ended', ...(error !== undefined && { error }) });
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    this.#event({ type: 'ended' });
    for (const resolve of waiters) resolve();
  }

  async #steer(message: Waiting): Promise<void> {
    this.#steering.add(message);
    const params = {
      ...this.#session,
      prompt: [{ type: 'text', text: message.text }],
      // When its turn is over by now, the agent says so instead of starting one behind our back.
      _meta: { steering: { idleBehavior: 'promptRequired' } },
    };
    try {
      const answer = Steered.parse(await this.#options.connection.request('_session/steering', params));
      if (answer.outcome !== 'promptRequired') this.#taken([message]);
      else if (this.#over === undefined) this.#event({ type: 'unsteered', message });
    } catch (error) {
      if (this.#options.connection.isClosed()) return;
      this.#options.listener.notice('info', `The message waits for the end of the turn: ${problemText(error)}`);
      this.#event({ type: 'unsteered', message });
    } finally {
      if (this.#over === undefined && !this.#options.connection.isClosed()) this.#steering.delete(message);
    }
  }

  #taken(messages: readonly Waiting[]): void {
    this.#options.kept.markGiven(messages.flatMap(({ id }) => id ?? []));
    for (const message of messages) message.taken();
  }

  #explain(error: unknown): string {
    const { loginHint } = this.#options;
    return isAuthRequired(error) && loginHint !== undefined
      ? `${problemText(error)}. ${loginHint}`
      : problemText(error);
  }
}
