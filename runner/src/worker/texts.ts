/** What the agent reads when something comes in: complete in itself, with every id that a tool will want. */
import { newId, type Ask, type InboxItem, type InboxOf, type SessionUpdate } from '@treeline/shared';
import { textChunk } from '../agents/chunk-joiner.ts';
import type { Answer } from './questions.ts';

const quoted = (text: string) =>
  text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
const named = ({ child, childTitle }: Pick<InboxOf<'trigger'>, 'child' | 'childTitle'>) =>
  `${child} (${JSON.stringify(childTitle)})`;

/** A child's question, plan, permission request, completion or error, for its parent. */
export function triggerText(item: InboxOf<'trigger'>): string {
  switch (item.type) {
    case 'session_complete':
      return `[Treeline] Your child session ${named(item)} has completed. Its summary:\n${quoted(item.text)}`;
    case 'session_error':
      return `[Treeline] Your child session ${named(item)} has ended without completing (${item.reason ?? 'error'}):\n${quoted(item.text)}`;
    case 'ask_user_question':
      return blocking(item, 'asks a question and waits for your answer', `response: "…"`);
    case 'plan_review':
      return blocking(
        item,
        'submits a plan and waits for your review',
        `action: "approve" | "edit" | "reject", response: "what to change, or why"`,
      );
    case 'permission_request':
      return blocking(
        item,
        'asks for permission and waits',
        `action: "allow" | "allow_always" | "deny", response: "why"`,
      );
  }
}

function blocking(item: InboxOf<'trigger'>, what: string, args: string): string {
  const lines = [`[Treeline] Your child session ${named(item)} ${what}.`, quoted(item.text)];
  if (item.permission !== undefined) {
    lines.push(`It would run: ${item.permission.command ?? item.permission.title}`);
  }
  if (item.options !== undefined && item.options.length > 0) {
    lines.push('Options:', ...item.options.map((option) => `- ${option.label}`));
  }
  lines.push(
    `Answer with respond_to_trigger(triggerId: "${item.triggerId}", ${args}).`,
    `If you cannot decide it yourself, pass it to a person: escalate_trigger(triggerId: "${item.triggerId}", context: "what they should know").`,
  );
  return lines.join('\n');
}

/** A trigger that was shown and needs nothing any more. */
export function closedText(item: InboxOf<'trigger_closed'>): string {
  return `[Treeline] Trigger ${item.triggerId} needs no answer from you any more: ${item.how}`;
}

/** A message of the parent. */
export function tellText(item: InboxOf<'tell'>): string {
  const from =
    item.from.kind === 'session'
      ? `your parent session ${item.from.id}`
      : `${item.from.kind === 'person' ? item.from.name : 'the relay'}`;
  return `[Treeline] Message from ${from}:\n${item.text}`;
}

/** An answer to a question whose tool call no longer waits. */
export function lateAnswerText(answer: Answer, ask: Ask | undefined): string {
  const about =
    ask === undefined ? 'an earlier question' : `your earlier ${ask.type === 'plan_review' ? 'plan' : 'question'}`;
  const subject = ask === undefined ? '' : `\n${quoted(ask.text)}`;
  return `[Treeline] About ${about}:${subject}\n${answerText(answer)}`;
}

/** How a question ended, in words. */
function answerText(answer: Answer): string {
  const { outcome, response, action } = answer;
  if (outcome !== 'answered') return UNANSWERED[outcome];
  const decision = action === undefined || action === 'acknowledge' ? '' : ` (${action})`;
  return `Answer of ${answeredBy(answer)}${decision}: ${response ?? ''}`;
}

export const UNANSWERED = {
  expired: 'Nobody answered in time. Nothing was decided; go on with what is safe without an answer.',
  cancelled: 'The question was cancelled without an answer. Nothing was decided.',
} as const;

export function answeredBy({ by }: Pick<Answer, 'by'>): string {
  if (by.kind === 'person') return by.name;
  return by.kind === 'session' ? 'your parent session' : 'the relay';
}

/** A decision that was refused after its tool call had returned. */
export function refusalText(item: InboxOf<'refusal'>, hint: string): string {
  return `[Treeline] An earlier decision of yours did not take effect (${item.what}): ${item.message} [${item.code}]. ${hint}`;
}

/** What the agent was given, for the readers of its log. */
export function receivedUpdate(item: InboxItem, text: string): SessionUpdate {
  const from = 'from' in item ? item.from : undefined;
  return {
    ...textChunk('user_message_chunk', text),
    _meta: { 'treeline/item': { id: item.id, kind: item.kind, ...(from !== undefined && { from }) } },
  };
}

/** For a model whose turn was cut by the sleep of its machine. It is no item of the inbox. */
export function interruptedItem(): InboxOf<'prompt'> {
  const text = '[Treeline] This machine stopped while you were working, and is back. Go on where you left off.';
  return { kind: 'prompt', id: newId('message'), at: Date.now(), text, deliverAs: 'followUp', from: { kind: 'relay' } };
}
