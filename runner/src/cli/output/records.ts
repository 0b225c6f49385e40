/** Log records as JSON values and as lines for people. */
import {
  EventRecord,
  FactRecord,
  type Frame,
  formatPosition,
  type LogRecord,
  type Position,
  shortId,
} from '@treeline/shared';
import { z } from 'zod';
import { formatClock } from '../time.ts';
import type { Look } from './output.ts';
import { safe } from './safe.ts';
import { TRIGGER_WORDS } from './words.ts';

const Records = z.array(z.unknown());
const AnyRecord = z.union([EventRecord, FactRecord]);

export interface PlacedRecord {
  readonly position: Position;
  readonly record: LogRecord;
}

/** A frame's records with their places; what this version does not know is left out. */
export function recordsOf(frame: Frame): PlacedRecord[] {
  return Records.parse(JSON.parse(frame.body)).flatMap((value, at) => {
    const parsed = AnyRecord.safeParse(value);
    return parsed.success ? [{ position: { epoch: frame.epoch, seq: frame.first + at }, record: parsed.data }] : [];
  });
}

export function recordJson({ position, record }: PlacedRecord): object {
  return { position: formatPosition(position), ...record };
}

/** The lines of one record; none for what people need not see. */
export function recordLines({ record }: PlacedRecord, look: Look): string[] {
  const shown = describe(record, look);
  if (shown === undefined) return [];
  const { head, indent } = shownAt(record.at, shown.label, look);
  const [first = '', ...others] = safe(shown.text).split('\n');
  return [head + first, ...others.map((line) => indent + line)];
}

/** What stands before the first line of something in a log, and before its further lines. */
export function shownAt(at: number, label: string, { colors }: Look): { head: string; indent: string } {
  return { head: `${colors.dim(formatClock(at))}  ${label.padEnd(LABEL)}  `, indent: ' '.repeat(8 + 2 + LABEL + 2) };
}

const LABEL = 9;

interface Shown {
  readonly label: string;
  readonly text: string;
}

function describe(record: LogRecord, look: Look): Shown | undefined {
  switch (record.kind) {
    case 'update':
      return describeUpdate(record.update);
    case 'notice':
      return { label: record.level === 'info' ? 'note' : record.level, text: record.text };
    case 'state':
      return record.state === 'asleep' ? { label: 'state', text: 'asleep' } : undefined;
    case 'consumed':
    case 'usage':
      return undefined;
    case 'ask':
      return {
        label: TRIGGER_WORDS[record.ask.type],
        text: `${record.ask.text}${optionsText(record.ask.options)}  [${shortId(record.triggerId)}]`,
      };
    case 'withdraw':
      return { label: 'withdraws', text: `question ${shortId(record.triggerId)}` };
    case 'answer':
      return {
        label: 'answers',
        text: `${[record.action, record.response].filter(Boolean).join(': ')}  [${shortId(record.triggerId)}]`,
      };
    case 'escalate':
      return { label: 'escalates', text: `${record.context ?? ''}  [${shortId(record.triggerId)}]`.trimStart() };
    case 'tell':
      return { label: 'tells', text: `${shortId(record.sessionId)}: ${record.text}` };
    case 'spawn':
      return {
        label: 'spawns',
        text: `${shortId(record.sessionId)}  ${record.spec.title ?? firstLine(record.spec.prompt, look)}`,
      };
    case 'end':
      return { label: record.outcome, text: record.summary ?? record.detail ?? record.reason };
  }
}

function describeUpdate(update: { sessionUpdate: string; [key: string]: unknown }): Shown | undefined {
  const text = chunkText(update);
  switch (update.sessionUpdate) {
    case 'agent_message_chunk':
      return { label: 'agent', text: text ?? '' };
    case 'agent_thought_chunk':
      return { label: 'thinks', text: text ?? '' };
    case 'user_message_chunk':
      return { label: 'told', text: text ?? '' };
    case 'tool_call':
      return { label: 'tool', text: typeof update['title'] === 'string' ? update['title'] : '' };
    case 'tool_call_update':
      if (update['status'] !== 'failed') return answerOf(outputText(update['content']));
      return { label: 'tool', text: ['failed', outputText(update['content'])].filter(Boolean).join(': ') };
    case 'plan':
      return { label: 'plan', text: planText(update['entries']) };
    default:
      return undefined;
  }
}

/** The text of a chunk of message or thought. */
export function chunkText(update: { [key: string]: unknown }): string | undefined {
  const content = z.object({ text: z.string() }).safeParse(update['content']);
  return content.success ? content.data.text : undefined;
}

const Answer = z.object({ outcome: z.string(), response: z.string().optional(), action: z.string().optional() });

/** What a question brought, when that is what a tool gave back; every other result is in the log for machines. */
function answerOf(output: string): Shown | undefined {
  if (!output.startsWith('{')) return undefined;
  try {
    const { outcome, response, action } = Answer.parse(JSON.parse(output));
    return { label: 'answer', text: [action, response ?? outcome].filter(Boolean).join(': ') };
  } catch {
    return undefined;
  }
}

/** What a tool said, of the parts that are text. */
function outputText(content: unknown): string {
  const part = z.object({ content: z.object({ text: z.string() }) });
  const parts = z.array(z.unknown()).safeParse(content).data ?? [];
  return parts.flatMap((it) => part.safeParse(it).data?.content.text ?? []).join('\n');
}

function planText(entries: unknown): string {
  const parsed = z.array(z.looseObject({ content: z.string() })).safeParse(entries);
  return parsed.success ? parsed.data.map(({ content }) => content).join('\n') : '';
}

function optionsText(options: readonly { label: string }[] | undefined): string {
  return options === undefined ? '' : options.map(({ label }, at) => `\n  ${at + 1}  ${label}`).join('');
}

function firstLine(text: string, look: Look): string {
  const [line = ''] = text.split('\n', 1);
  return line.length > 80 ? line.slice(0, 79) + look.symbols.ellipsis : line;
}
