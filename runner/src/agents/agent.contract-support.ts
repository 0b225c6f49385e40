/** What the agent contract observes an adapter with. */
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { newId, type DeliverAs, type SessionUpdate } from '@treeline/shared';
import type {
  AgentExit,
  AgentListener,
  AskOutcome,
  PromptInput,
  ToolDefinition,
  ToolHost,
  ToolResult,
} from './agent.ts';

const PATIENCE_MS = 25_000;

/** Resolves when a condition holds; rejects with what was awaited. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await delay(10);
  }
}

export function messageInput(text: string, deliverAs: DeliverAs = 'followUp'): PromptInput {
  const item = {
    id: newId('message'),
    at: Date.now(),
    kind: 'prompt',
    text,
    deliverAs,
    from: { kind: 'person', name: 'Robin' },
  } as const;
  return { text, deliverAs, item };
}

type Event =
  | { what: 'delta' | 'update'; update: SessionUpdate }
  | { what: 'turn'; state: 'started' | 'ended'; error?: string | undefined }
  | { what: 'notice'; text: string }
  | { what: 'exit'; exit: AgentExit };

/** Everything an agent said, in order. */
export class Journal implements AgentListener {
  readonly events: Event[] = [];
  token: string | undefined;

  delta(update: SessionUpdate): void {
    this.events.push({ what: 'delta', update });
  }
  update(update: SessionUpdate): void {
    this.events.push({ what: 'update', update });
  }
  usage(): void {
    // Not every agent counts.
  }
  turn(event: { state: 'started' | 'ended'; error?: string }): void {
    this.events.push({ what: 'turn', state: event.state, error: event.error });
  }
  resumeToken(token: string): void {
    this.token = token;
  }
  notice(_level: 'info' | 'warn' | 'error', text: string): void {
    this.events.push({ what: 'notice', text });
  }
  ask(): Promise<AskOutcome> {
    return Promise.resolve({ outcome: 'cancelled' });
  }
  exit(exit: AgentExit): void {
    this.events.push({ what: 'exit', exit });
  }

  get turns(): ('started' | 'ended')[] {
    return this.events.flatMap((it) => (it.what === 'turn' ? [it.state] : []));
  }
  get errors(): string[] {
    return this.events.flatMap((it) => (it.what === 'turn' && it.error !== undefined ? [it.error] : []));
  }
  get exits(): AgentExit[] {
    return this.events.flatMap((it) => (it.what === 'exit' ? [it.exit] : []));
  }
  updates(): SessionUpdate[] {
    return this.events.flatMap((it) => (it.what === 'update' ? [it.update] : []));
  }
  /** Texts of the agent's messages: as they flew, and as they were stored. */
  messages(): { deltas: string[]; stored: string[] } {
    const of = (what: 'delta' | 'update') =>
      this.events.flatMap((it) => (it.what === what ? [messageText(it.update)] : [])).filter((text) => text !== '');
    return { deltas: of('delta'), stored: of('update') };
  }
  text(): string {
    return this.messages().stored.join('');
  }
}

function messageText(update: SessionUpdate): string {
  if (update.sessionUpdate !== 'agent_message_chunk') return '';
  const content = update['content'];
  if (typeof content !== 'object' || content === null || !('text' in content)) return '';
  return typeof content.text === 'string' ? content.text : '';
}

interface PendingCall {
  readonly name: string;
  readonly args: unknown;
  readonly signal: AbortSignal;
  readonly answer: (result: ToolResult) => void;
}

/** A tool host whose calls the test answers by hand. */
export class TestTools implements ToolHost {
  readonly definitions: readonly ToolDefinition[] = [
    {
      name: 'ask_user_question',
      description: 'Asks a question and waits for the answer.',
      inputSchema: {
        type: 'object',
        properties: { question: { type: 'string' }, options: { type: 'array', items: { type: 'string' } } },
        required: ['question'],
        additionalProperties: false,
      },
    },
  ];
  readonly #pending: PendingCall[] = [];
  calls = 0;

  call(name: string, args: unknown, { signal }: { signal: AbortSignal }): Promise<ToolResult> {
    this.calls += 1;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ text: 'cancelled', isError: true }), { once: true });
      this.#pending.push({ name, args, signal, answer: resolve });
    });
  }

  async nextCall(): Promise<PendingCall> {
    await until('the agent calls a tool', () => this.#pending.length > 0);
    const call = this.#pending.shift();
    if (call === undefined) throw new Error('No call is pending');
    return call;
  }
}

/** Pids of living processes that inherited this mark in their environment. Linux only; elsewhere it finds none. */
export function leftProcesses(mark: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark);
      } catch {
        return false; // It ended meanwhile, or is another user's.
      }
    })
    .map(Number);
}
