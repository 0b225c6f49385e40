/** The agent's own questions: permissions, plans, forms. Each becomes a trigger, and its answer the agent's response. */
import type { Ask } from '@treeline/shared';
import type { AgentListener, AskOutcome, ToolHost } from '../agent.ts';
import { decideElicitation, elicitationAsk, type ElicitationRequest, type ElicitationResponse } from './elicitation.ts';
import { isOwnToolCall } from './own-tools.ts';
import {
  approve,
  CANCELLED,
  decidePermission,
  permissionAsk,
  type PermissionRequest,
  type PermissionResponse,
} from './permissions.ts';
import type { ToolCalls } from './tool-calls.ts';

export interface QuestionsOptions {
  readonly listener: AgentListener;
  readonly tools: ToolHost;
  readonly toolCalls: ToolCalls;
  /** An answer in words that the protocol has no place for. */
  readonly followUp: (text: string) => void;
}

export class Questions {
  readonly #options: QuestionsOptions;
  readonly #open = new Set<AbortController>();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  async permission(request: PermissionRequest, signal: AbortSignal): Promise<PermissionResponse> {
    const { tools, toolCalls, followUp } = this.#options;
    const names = new Set(tools.definitions.map(({ name }) => name));
    const announced = toolCalls.announced(request.toolCall.toolCallId);
    // Our own tools ask by themselves where somebody has to decide.
    if ([announced, request.toolCall].some((call) => call !== undefined && isOwnToolCall(call, names))) {
      return approve(request.options);
    }
    const call = toolCalls.describe(request.toolCall);
    const ask = permissionAsk(call, request.options);
    const { outcome, withdrawn } = await this.#ask(ask, signal);
    if (withdrawn) return CANCELLED;
    const { response, words } = decidePermission(outcome, request.options);
    const subject = ask.type === 'plan_review' ? 'your plan' : `"${ask.permission?.title ?? 'your request'}"`;
    if (words !== undefined) followUp(`About ${subject}: ${words}`);
    return response;
  }

  async elicitation(request: ElicitationRequest, signal: AbortSignal): Promise<ElicitationResponse> {
    const ask = elicitationAsk(request);
    if (ask === undefined) return { action: 'decline' };
    const { outcome, withdrawn } = await this.#ask(ask, signal);
    if (withdrawn) return { action: 'cancel' };
    const { response, words } = decideElicitation(outcome, request);
    if (words !== undefined) this.#options.followUp(`The answer to "${request.message}": ${words}`);
    return response;
  }

  /** The turn is cancelled: nobody waits for these answers any more. */
  withdrawAll(): void {
    for (const controller of this.#open) controller.abort();
  }

  async #ask(ask: Ask, signal: AbortSignal): Promise<{ outcome: AskOutcome; withdrawn: boolean }> {
    const controller = new AbortController();
    this.#open.add(controller);
    const either = AbortSignal.any([controller.signal, signal]);
    const withdrawn = new Promise<AskOutcome>((resolve) => {
      if (either.aborted) resolve({ outcome: 'cancelled' });
      either.addEventListener('abort', () => resolve({ outcome: 'cancelled' }), { once: true });
    });
    try {
      const outcome = await Promise.race([this.#options.listener.ask(ask, either), withdrawn]);
      return { outcome, withdrawn: either.aborted };
    } finally {
      this.#open.delete(controller);
    }
  }
}
