/**
 * Between ACP's form elicitations (Claude's AskUserQuestion, Codex's request_user_input, forms of the user's own MCP
 * servers) and our questions. Pure. A form is asked as one text; the answer is read back into its fields.
 */
import { LIMITS, type Ask, type AskOption } from '@treeline/shared';
import { z } from 'zod';
import type { AskOutcome } from '../agent.ts';
import { clip } from './clip.ts';

const Choice = z.looseObject({ const: z.string(), title: z.string().nullish(), description: z.string().nullish() });
const Field = z.looseObject({
  type: z.string(),
  title: z.string().nullish(),
  description: z.string().nullish(),
  enum: z.array(z.string()).nullish(),
  oneOf: z.array(Choice).nullish(),
  items: z.looseObject({ enum: z.array(z.string()).nullish(), anyOf: z.array(Choice).nullish() }).nullish(),
});
type Field = z.infer<typeof Field>;

export const ElicitationRequest = z.looseObject({
  mode: z.string(),
  message: z.string(),
  requestedSchema: z
    .looseObject({ properties: z.record(z.string(), Field).nullish(), required: z.array(z.string()).nullish() })
    .nullish(),
});
export type ElicitationRequest = z.infer<typeof ElicitationRequest>;

type Value = string | number | boolean | string[];
export type ElicitationResponse =
  | { action: 'accept'; content: Record<string, Value> }
  | { action: 'decline' }
  | { action: 'cancel' };

interface Question {
  readonly key: string;
  readonly field: Field;
  readonly choices: readonly AskOption[];
  readonly required: boolean;
  /** A free-text field beside a choice, for an answer that is none of the choices. */
  readonly other?: string;
}

/** Undefined for a mode that we do not offer: such a request is declined unasked. */
export function elicitationAsk(request: ElicitationRequest): Ask | undefined {
  if (request.mode !== 'form') return undefined;
  const questions = questionsOf(request);
  const [only] = questions;
  if (only !== undefined && questions.length === 1) {
    const text = [request.message, only.field.description ?? ''].filter((part) => part !== '').join('\n\n');
    return ask(text + multiHint(only), only.choices);
  }
  if (questions.length === 0)
    return ask(request.message, [
      { id: 'accept', label: 'Accept' },
      { id: 'decline', label: 'Decline' },
    ]);
  const lines = questions.map((question) => {
    const choices = question.choices.map((choice) => choice.label).join(' | ');
    const label = describe(question.field) || question.key;
    return `${question.key}${question.required ? ' (required)' : ''}: ${label}${choices === '' ? '' : ` [${choices}]`}${multiHint(question)}`;
  });
  return ask(
    `${request.message}\n\n${lines.join('\n')}\n\nAnswer one line each, as "name: value", or as a JSON object.`,
    [],
  );
}

function ask(text: string, choices: readonly AskOption[]): Ask {
  const options = choices.slice(0, LIMITS.options);
  return {
    type: 'ask_user_question',
    text: clip(text.trim() === '' ? 'The agent asks for input.' : text, LIMITS.textChars),
    ...(options.length > 0 && { options }),
  };
}

export interface ElicitationDecision {
  readonly response: ElicitationResponse;
  /** The answer in words, when the form had no place for it. */
  readonly words?: string;
}

/** An answer that does not fit the form is never bent into it: the form is declined and the words follow as a message. */
export function decideElicitation(outcome: AskOutcome, request: ElicitationRequest): ElicitationDecision {
  if (outcome.outcome !== 'answered') return { response: { action: 'cancel' } };
  const words = outcome.response.trim();
  if (outcome.action === 'deny' || outcome.action === 'reject') {
    return { response: { action: 'decline' }, ...(words !== '' && { words }) };
  }
  const questions = questionsOf(request);
  if (questions.length === 0) {
    return {
      response: /^(?:accept|yes|ok|allow|approve)/i.test(words)
        ? { action: 'accept', content: {} }
        : { action: 'decline' },
    };
  }
  const content =
    questions.length === 1 && questions[0] !== undefined
      ? answerOne(questions[0], words)
      : answerForm(questions, words);
  if (content === undefined) return { response: { action: 'decline' }, ...(words !== '' && { words }) };
  return { response: { action: 'accept', content } };
}

function questionsOf(request: ElicitationRequest): Question[] {
  const entries = Object.entries(request.requestedSchema?.properties ?? {});
  const required = new Set(request.requestedSchema?.required ?? []);
  const questions: Question[] = [];
  for (const [key, field] of entries) {
    const previous = questions.at(-1);
    const choices = choicesOf(field);
    if (previous !== undefined && isCompanion(previous, key, field, required)) {
      questions[questions.length - 1] = { ...previous, other: key };
    } else {
      questions.push({ key, field, choices, required: required.has(key) });
    }
  }
  return questions;
}

/** `question_0_custom` after `question_0`: how Claude and Codex let one write instead of choosing. */
function isCompanion(previous: Question, key: string, field: Field, required: ReadonlySet<string>): boolean {
  const free = field.type === 'string' && choicesOf(field).length === 0 && !required.has(key);
  return free && previous.choices.length > 0 && previous.other === undefined && key.startsWith(previous.key);
}

function choicesOf(field: Field): AskOption[] {
  const titled = field.oneOf ?? field.items?.anyOf;
  if (titled !== null && titled !== undefined) {
    return titled.map((choice) => {
      const label = choice.title ?? choice.const;
      return {
        id: clip(choice.const, 200),
        label: clip(choice.description ? `${label}: ${choice.description}` : label, 2000),
      };
    });
  }
  const plain = field.enum ?? field.items?.enum ?? [];
  if (plain.length > 0) return plain.map((value) => ({ id: clip(value, 200), label: clip(value, 2000) }));
  if (field.type === 'boolean')
    return [
      { id: 'true', label: 'Yes' },
      { id: 'false', label: 'No' },
    ];
  return [];
}

function describe(field: Field): string {
  return field.description ?? field.title ?? '';
}

function multiHint(question: Question): string {
  return question.field.type === 'array' ? ' (several, separated by commas)' : '';
}

function answerOne(question: Question, words: string): Record<string, Value> | undefined {
  const value = valueFor(question, words);
  if (value !== undefined) return { [question.key]: value };
  return question.other === undefined || words === '' ? undefined : { [question.other]: words };
}

function answerForm(questions: readonly Question[], words: string): Record<string, Value> | undefined {
  const given = givenAnswers(words);
  const content: Record<string, Value> = {};
  for (const question of questions) {
    const text = given.get(question.key.toLowerCase()) ?? given.get((question.field.title ?? '').toLowerCase());
    const answer = text === undefined ? undefined : answerOne(question, text);
    if (answer === undefined && (text !== undefined || question.required)) return undefined;
    Object.assign(content, answer);
  }
  return Object.keys(content).length === 0 ? undefined : content;
}

/** Lines "name: value", or a JSON object; names in lower case. */
function givenAnswers(words: string): Map<string, string> {
  const given = new Map<string, string>();
  if (words.startsWith('{')) {
    for (const [key, value] of Object.entries(parseObject(words))) {
      given.set(key.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value));
    }
    if (given.size > 0) return given;
  }
  for (const line of words.split('\n')) {
    const match = /^\s*([^:]+?)\s*:\s*(.*)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) given.set(match[1].toLowerCase(), match[2]);
  }
  return given;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function valueFor(question: Question, words: string): Value | undefined {
  const { field, choices } = question;
  switch (field.type) {
    case 'array': {
      const whole = chosen(choices, words);
      if (whole !== undefined) return [whole];
      const values = words.split(/[,\n]/).map((part) => chosen(choices, part.trim()));
      return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
    }
    case 'boolean':
      if (/^(?:true|yes|y|ok|1)\.?$/i.test(words)) return true;
      return /^(?:false|no|n|0|2)\.?$/i.test(words) ? false : undefined;
    case 'number':
    case 'integer': {
      const number = Number(words);
      const fits = words !== '' && Number.isFinite(number) && (field.type === 'number' || Number.isInteger(number));
      return fits ? number : undefined;
    }
    default:
      if (choices.length > 0) return chosen(choices, words);
      return words === '' ? undefined : words;
  }
}

/** By value, by label, or by its number in the list. */
function chosen(choices: readonly AskOption[], words: string): string | undefined {
  const wanted = words.toLowerCase();
  const byName = choices.find(
    (choice) => choice.id === words || choice.id.toLowerCase() === wanted || choice.label.toLowerCase() === wanted,
  );
  return (byName ?? (/^\d{1,2}$/.test(words) ? choices[Number(words) - 1] : undefined))?.id;
}
