/**
 * HTTP callers. Each request has a key; as long as nothing certain came back, the same goes out again to another relay,
 * and everything is written down for the checker.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type ScriptStep, type SessionId, type TriggerId } from '@treeline/shared';
import { apiClient, ApiProblem, type ApiClient } from '@treeline/test-support/api.ts';
import type { AnswerOp, ClientOp, CreateOp, SendOp } from './history.ts';

const RETRY_MS = 150;
const REQUEST_MS = 5000;
/** Refusals of the moment, after which the same may still succeed. */
const PASSING = new Set([500, 502, 503, 504, 429]);

export class People {
  readonly ops: ClientOp[] = [];
  readonly #clients: readonly ApiClient[];
  #turn = 0;
  #made = 0;
  #over = false;

  constructor({ urls, key }: { urls: readonly string[]; key: string }) {
    this.#clients = urls.map((url) => apiClient(() => ({ url, key }), { timeoutMs: REQUEST_MS }));
  }

  /** What is not certain from now on stays unknown. */
  giveUp(): void {
    this.#over = true;
  }

  /** Starts a session; resolves with its id, undefined when it was refused or nobody knows. */
  async create(body: {
    prompt: ScriptStep[] | string;
    runner: string;
    parent?: SessionId;
  }): Promise<SessionId | undefined> {
    const key = this.#key('create');
    const op: CreateOp = { op: 'create', key, at: performance.now(), outcome: 'unknown' };
    const prompt = typeof body.prompt === 'string' ? body.prompt : JSON.stringify(body.prompt);
    const request = {
      key,
      title: key,
      prompt,
      agent: 'scripted',
      runnerId: body.runner as never,
      ...(body.parent && { parentId: body.parent }),
    };
    await this.#certain(op, async (api) => {
      op.session = (await api.createSession({ body: request })).id;
    });
    return op.session;
  }

  /** Sends a prompt. */
  async send(session: SessionId, text?: string): Promise<SendOp> {
    const key = this.#key('say');
    const op: SendOp = { op: 'send', key, session, text: text ?? key, at: performance.now(), outcome: 'unknown' };
    await this.#certain(op, async (api) => {
      const { messageId, position } = await api.sendMessage({ params: { id: session }, body: { key, text: op.text } });
      op.messageId = messageId;
      op.position = position;
    });
    return op;
  }

  async answer(trigger: TriggerId, action: { action?: 'approve' } = {}): Promise<AnswerOp> {
    const key = this.#key('answer');
    const op: AnswerOp = { op: 'answer', key, trigger, response: key, at: performance.now(), outcome: 'unknown' };
    await this.#certain(op, async (api) => {
      await api.respondToTrigger({ params: { id: trigger }, body: { key, response: op.response, ...action } });
    });
    return op;
  }

  /** A question to any relay that answers: for reading. Rejects when the run is over. */
  async ask<T>(look: (api: ApiClient) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await look(this.#next());
      } catch (error) {
        if (this.#over || isRefusal(error)) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  async #certain(op: ClientOp, call: (api: ApiClient) => Promise<void>): Promise<void> {
    this.ops.push(op);
    while (!this.#over) {
      try {
        await call(this.#next());
        op.outcome = 'ok';
        op.doneAt = performance.now();
        return;
      } catch (error) {
        op.problem = error instanceof Error ? error.message : String(error);
        if (isRefusal(error)) {
          op.outcome = 'fail';
          op.doneAt = performance.now();
          return;
        }
        await sleep(RETRY_MS);
      }
    }
  }

  #next(): ApiClient {
    return this.#clients[this.#turn++ % this.#clients.length] as ApiClient;
  }

  #key(what: string): string {
    return `${what}-${++this.#made}-${newId('request').slice(-6)}`;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && !PASSING.has(error.status);
}
