/** A running pi behind the agent port. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StopStrength } from '@treeline/shared';
import { z } from 'zod';
import type { Agent, AgentExit, AgentListener, AgentSpec, PromptInput } from '../agent.ts';
import { Dialogs } from './dialogs.ts';
import { PiEvents, type PiTotals } from './events.ts';
import type { PiExit } from './process.ts';
import { PiRefusal, type PiRecord, type PiRpc } from './rpc.ts';
import { Turns } from './turns.ts';
import type { Unsent } from './unsent.ts';

/** pi takes no prompt while it summarizes its conversation. */
const COMPACTING = /compaction is in progress/i;
const COMPACTION_POLL_MS = 250;

const Queue = z.looseObject({ steering: z.array(z.string()), followUp: z.array(z.string()) });
const State = z.looseObject({ isStreaming: z.boolean() });
const UserMessage = z.looseObject({
  message: z.looseObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]),
  }),
});

export interface PiAgentOptions {
  readonly rpc: PiRpc;
  readonly spec: AgentSpec;
  readonly listener: AgentListener;
  readonly unsent: Unsent;
  readonly totals: PiTotals;
}

type Given = Pick<PromptInput, 'text' | 'deliverAs'> & { readonly id?: string };

export class PiAgent implements Agent {
  readonly resumable = true;
  readonly #rpc: PiRpc;
  readonly #listener: AgentListener;
  readonly #unsent: Unsent;
  readonly #events: PiEvents;
  readonly #dialogs: Dialogs;
  readonly #turns: Turns;
  /** Prompts go one after another: pi refuses one that comes while another is being accepted. */
  #line: Promise<void> = Promise.resolve();
  #closing: StopStrength | undefined;
  #gone = false;

  constructor({ rpc, spec, listener, unsent, totals }: PiAgentOptions) {
    this.#rpc = rpc;
    this.#listener = listener;
    this.#unsent = unsent;
    this.#events = new PiEvents(listener, totals);
    this.#dialogs = new Dialogs({ tools: spec.tools, listener, respond: (response) => rpc.send(response) });
    this.#turns = new Turns({
      onStart: () => listener.turn({ state: 'started' }),
      onEnd: () => this.#onTurnEnd(),
      getState: () => rpc.request({ type: 'get_state' }),
    });
    void rpc.exited.then((exit) => this.#onExit(exit));
  }

  prompt({ text, deliverAs, item }: PromptInput): Promise<void> {
    return this.#unsent.has(item.id) ? Promise.resolve() : this.#enqueue({ text, deliverAs, id: item.id });
  }

  async cancel(): Promise<void> {
    this.#dialogs.closeAll();
    // What waits in pi's queue is not part of this turn: it would run at once, and must not get lost.
    const queue = Queue.safeParse(await this.#rpc.request({ type: 'clear_queue' }).catch(orRefused)).data;
    await this.#rpc.request({ type: 'abort' });
    await this.#turns.idle();
    for (const text of queue?.steering ?? []) await this.#enqueue({ text, deliverAs: 'steer' });
    for (const text of queue?.followUp ?? []) await this.#enqueue({ text, deliverAs: 'followUp' });
  }

  pause(on: boolean): void {
    this.#rpc.pause(on);
  }

  async close(strength: StopStrength): Promise<void> {
    if (strength !== 'finish' || this.#closing === undefined) this.#closing = strength;
    if (strength === 'finish') await Promise.race([this.#turns.idle(), this.#rpc.exited]);
    this.#dialogs.closeAll();
    await this.#rpc.end(strength === 'kill' ? 'kill' : 'stop');
  }

  /** Everything that pi says by itself. */
  take(record: PiRecord): void {
    if (record.type === 'extension_ui_request') this.#dialogs.open(record);
    if (record.type === 'tool_execution_end' && typeof record['toolCallId'] === 'string')
      this.#dialogs.close(record['toolCallId']);
    if (record.type === 'message_end') this.#onMessageEnd(record);
    if (record.type === 'turn_end') this.#unsent.onWritten();
    this.#events.take(record);
    this.#turns.take(record);
  }

  #enqueue(message: Given): Promise<void> {
    const done = this.#line.then(() => this.#give(message));
    this.#line = done.catch(() => undefined);
    return done;
  }

  async #give(message: Given): Promise<void> {
    const { text, taken } = this.#unsent.add(message);
    await this.#send({ ...message, text });
    taken();
    await this.#awaitTurn();
  }

  async #send({ text, deliverAs }: Given): Promise<void> {
    for (;;) {
      try {
        await this.#rpc.request({ type: 'prompt', message: text, streamingBehavior: deliverAs });
        return;
      } catch (error) {
        if (!(error instanceof PiRefusal)) throw error;
        if (!COMPACTING.test(error.message)) return this.#refused(error.message);
      }
      await sleep(COMPACTION_POLL_MS);
    }
  }

  /**
   * pi answers a prompt before it says that a turn began. After this the turn counts as begun; or there is none, because
   * the message was a command of the user's extensions, which is over when it is taken.
   */
  async #awaitTurn(): Promise<void> {
    if (this.#turns.busy) return;
    const { runs } = this.#turns;
    const state = State.safeParse(await this.#rpc.request({ type: 'get_state' }));
    // A short turn may have begun and ended between the answer and this line: they come in one piece.
    if (this.#turns.runs > runs) return;
    if (state.data?.isStreaming === true) this.#turns.start();
    else if (!this.#turns.busy) this.#unsent.onSettled();
  }

  /** pi has the message and cannot work on it: no key, no model. That is a turn that failed. */
  #refused(why: string): void {
    if (this.#turns.busy) return this.#listener.notice('error', `pi refused a message: ${why}`);
    this.#listener.turn({ state: 'started' });
    this.#listener.turn({ state: 'ended', error: why });
  }

  #onMessageEnd(record: PiRecord): void {
    const user = UserMessage.safeParse(record);
    if (!user.success) return;
    const { content } = user.data.message;
    this.#unsent.onSeen(typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join(''));
  }

  #onTurnEnd(): void {
    this.#events.flush();
    this.#dialogs.closeAll();
    if (!this.#gone) this.#unsent.onSettled();
    const { error } = this.#events;
    this.#listener.turn({ state: 'ended', ...(error === undefined ? {} : { error }) });
  }

  #onExit(exit: PiExit): void {
    this.#gone = true;
    this.#dialogs.closeAll();
    this.#events.flush();
    if (this.#turns.busy) this.#turns.end();
    this.#listener.exit(this.#explain(exit));
  }

  #explain({ code, signal }: PiExit): AgentExit {
    const text = this.#events.lastText;
    const summary = text === '' ? {} : { summary: text };
    if (this.#closing === 'finish') return { outcome: 'completed', reason: 'ok', ...summary };
    if (this.#closing !== undefined) return { outcome: 'cancelled', reason: 'cancelled', ...summary };
    if (code === 0) return { outcome: 'completed', reason: 'ok', ...summary };
    const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
    const detail = `${how}\n${this.#rpc.stderrTail()}`.trim();
    return { outcome: 'failed', reason: signal === null ? 'error' : 'signal', detail };
  }
}

/** pi 0.7x does not know the command; then nothing is known of its queue. */
function orRefused(error: unknown): undefined {
  if (!(error instanceof PiRefusal)) throw error;
  return undefined;
}
