/** Between ACP's permission requests and our triggers. Pure. An answer that is no clear yes is a no. */
import { LIMITS, type Ask, type AskOption, type PermissionSubject } from '@treeline/shared';
import { z } from 'zod';
import type { AskOutcome } from '../agent.ts';
import { clip } from './clip.ts';
import { ToolCallFields } from './tool-calls.ts';

/** Read leniently: a kind of option that we do not know is shown, and never chosen by itself. */
export const PermissionRequest = z.looseObject({
  toolCall: ToolCallFields,
  options: z.array(z.looseObject({ optionId: z.string(), name: z.string(), kind: z.string() })),
});
export type PermissionRequest = z.infer<typeof PermissionRequest>;
type Option = PermissionRequest['options'][number];

export type PermissionResponse = {
  outcome: { outcome: 'cancelled' } | { outcome: 'selected'; optionId: string };
};
export const CANCELLED: PermissionResponse = { outcome: { outcome: 'cancelled' } };

/** The question that a person or parent sees. `call`: the tool call with all that is known of it. */
export function permissionAsk(call: ToolCallFields, options: readonly Option[]): Ask {
  const shown = options.slice(0, LIMITS.options).map((option): AskOption => ({
    id: clip(option.optionId, 200),
    label: clip(option.name || option.optionId, 2000),
    kind: clip(option.kind, 64),
  }));
  const plan = isPlan(call) ? planText(call) : undefined;
  if (plan !== undefined) return { type: 'plan_review', text: clip(plan, LIMITS.textChars), options: shown };
  const permission = subject(call);
  const text = permission.command ?? [permission.title, contentText(call)].filter((part) => part !== '').join('\n\n');
  return { type: 'permission_request', text: clip(text, LIMITS.textChars), options: shown, permission };
}

/** A plan mode ends by asking for it: Claude's ExitPlanMode, Codex's plan review. */
function isPlan(call: ToolCallFields): boolean {
  return call.kind === 'switch_mode';
}

function planText(call: ToolCallFields): string | undefined {
  const input = z.looseObject({ plan: z.string().min(1) }).safeParse(call.rawInput);
  if (input.success) return input.data.plan;
  const text = contentText(call);
  return text === '' ? (call.title ?? undefined) : text;
}

function subject(call: ToolCallFields): PermissionSubject {
  const command = commandOf(call.rawInput);
  const title = call.title ?? call.name ?? 'a tool';
  return {
    title: clip(title, LIMITS.titleChars * 10),
    ...(typeof call.kind === 'string' && { toolKind: clip(call.kind, 64) }),
    ...(command !== undefined && { command: clip(command, LIMITS.textChars / 2) }),
    ...(call.rawInput !== undefined && { input: call.rawInput }),
  };
}

const CommandInput = z.looseObject({ command: z.union([z.string(), z.array(z.string())]) });

function commandOf(rawInput: unknown): string | undefined {
  const parsed = CommandInput.safeParse(rawInput);
  if (!parsed.success) return undefined;
  const { command } = parsed.data;
  return typeof command === 'string' ? command : command.map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

const TextContent = z.looseObject({ content: z.looseObject({ type: z.literal('text'), text: z.string() }) });

function contentText(call: ToolCallFields): string {
  const texts = (call.content ?? []).map((item) => TextContent.safeParse(item).data?.content.text ?? '');
  return texts.filter((text) => text !== '').join('\n\n');
}

export interface PermissionDecision {
  readonly response: PermissionResponse;
  /** What the answerer said beyond yes or no; ACP has no place for it, so it follows as a message. */
  readonly words?: string;
}

export function decidePermission(outcome: AskOutcome, options: readonly Option[]): PermissionDecision {
  if (outcome.outcome !== 'answered') return { response: reject(options) };
  const response = outcome.response.trim();
  const chosen = choose(outcome, options, response);
  const words = isPlainAnswer(response, options) ? {} : { words: response };
  return { response: chosen === undefined ? reject(options) : select(chosen), ...words };
}

/** Allows a tool call of our own, for this once if the agent lets us: nothing is written to the user's settings. */
export function approve(options: readonly Option[]): PermissionResponse {
  const chosen = byKind(options, 'allow_once') ?? byKind(options, 'allow_always');
  return chosen === undefined ? CANCELLED : select(chosen);
}

function choose(
  outcome: AskOutcome & { outcome: 'answered' },
  options: readonly Option[],
  response: string,
): Option | undefined {
  const named = namedOption(response, options);
  switch (outcome.action) {
    case 'allow':
    case 'approve':
      return named !== undefined && isAllow(named) ? named : byKind(options, 'allow_once');
    case 'allow_always':
      return byKind(options, 'allow_always') ?? byKind(options, 'allow_once');
    case 'deny':
    case 'reject':
    case 'edit':
      return named !== undefined && !isAllow(named) ? named : undefined;
    case 'acknowledge':
    case undefined:
      if (named !== undefined) return named;
      return YES.test(response) ? byKind(options, 'allow_once') : undefined;
  }
}

const YES = /^(?:yes|y|ok|okay|allow|allowed|approve|approved)[.!]?$/i;
const NO = /^(?:no|n|deny|denied|reject|rejected)[.!]?$/i;

function namedOption(response: string, options: readonly Option[]): Option | undefined {
  const wanted = response.toLowerCase();
  return (
    options.find((option) => option.optionId === response) ??
    options.find((option) => option.name.toLowerCase() === wanted) ??
    options.find((option) => option.kind === wanted)
  );
}

function isPlainAnswer(response: string, options: readonly Option[]): boolean {
  return response === '' || YES.test(response) || NO.test(response) || namedOption(response, options) !== undefined;
}

function isAllow(option: Option): boolean {
  return option.kind.startsWith('allow');
}

function byKind(options: readonly Option[], kind: string): Option | undefined {
  return options.find((option) => option.kind === kind);
}

function select(option: Option): PermissionResponse {
  return { outcome: { outcome: 'selected', optionId: option.optionId } };
}

function reject(options: readonly Option[]): PermissionResponse {
  const chosen = byKind(options, 'reject_once') ?? byKind(options, 'reject_always');
  return chosen === undefined ? CANCELLED : select(chosen);
}
