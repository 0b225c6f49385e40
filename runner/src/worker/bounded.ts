/** Keeps one record within the limits of the wire; what is cut says so. */
import { LIMITS, type Ask, type SessionUpdate } from '@treeline/shared';

/** Half a frame, since JSON within JSON grows. */
const UPDATE_BYTES = LIMITS.frameBytes / 2;
/** The record and its frame nest around it. */
const UPDATE_DEPTH = LIMITS.jsonDepth - 8;
const ASK_CHARS = 32 * 1024;
const STRING_CHARS = [LIMITS.textChars, 32 * 1024, 4 * 1024, 512] as const;
/** What an update is recognised by, kept when nothing else fits. */
const KEPT_FIELDS = ['sessionUpdate', 'toolCallId', 'title', 'kind', 'status'] as const;

/** A text that a record may hold. */
export function boundedText(text: string, maxChars: number = LIMITS.textChars): string {
  if (text.length <= maxChars) return text;
  const marker = `… [cut: ${text.length} characters in all]`;
  return text.slice(0, Math.max(0, maxChars - marker.length)) + marker;
}

/** A text of at most so many bytes of UTF-8. */
export function boundedBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const marker = `… [cut: ${text.length} characters in all]`;
  const room = Math.max(0, maxBytes - Buffer.byteLength(marker));
  const kept = Buffer.from(text).subarray(0, room).toString('utf8').replace(/�+$/, '');
  return kept + marker;
}

/** An update that fits into a frame: long strings are cut, deep values replaced by a marker. */
export function boundedUpdate(update: SessionUpdate): SessionUpdate {
  if (fits(update)) return update;
  for (const chars of STRING_CHARS) {
    const smaller = cut(update, chars, 0);
    if (isUpdate(smaller) && fits(smaller)) return smaller;
  }
  const kept = Object.fromEntries(
    KEPT_FIELDS.filter((key) => key in update).map((key) => [key, cut(update[key], 512, 0)]),
  );
  return {
    ...kept,
    sessionUpdate: update.sessionUpdate,
    _meta: { 'treeline/cut': 'The update was too large to be stored.' },
  };
}

/** What an agent asks by itself, small enough for one fact. */
export function boundedAsk(ask: Ask): Ask {
  const { permission } = ask;
  if (permission === undefined) return { ...ask, text: boundedText(ask.text) };
  const { title, command, input } = permission;
  return {
    ...ask,
    text: boundedText(ask.text, ASK_CHARS),
    permission: {
      ...permission,
      title: boundedText(title, ASK_CHARS),
      ...(command !== undefined && { command: boundedText(command, ASK_CHARS) }),
      ...(input !== undefined && { input: boundedInput(input) }),
    },
  };
}

function boundedInput(input: unknown): unknown {
  const update = boundedUpdate({ sessionUpdate: 'input', input });
  return 'input' in update ? update['input'] : '… [cut: too large]';
}

function fits(update: SessionUpdate): boolean {
  return !tooDeepOrLong(update, 0) && Buffer.byteLength(JSON.stringify(update)) <= UPDATE_BYTES;
}

function tooDeepOrLong(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.length > LIMITS.textChars;
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= UPDATE_DEPTH) return true;
  return Object.values(value).some((child) => tooDeepOrLong(child, depth + 1));
}

function cut(value: unknown, chars: number, depth: number): unknown {
  if (typeof value === 'string') return boundedText(value, chars);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= UPDATE_DEPTH) return '… [cut: nested too deeply]';
  if (Array.isArray(value)) return value.map((child) => cut(child, chars, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, cut(child, chars, depth + 1)]));
}

function isUpdate(value: unknown): value is SessionUpdate {
  return typeof value === 'object' && value !== null && 'sessionUpdate' in value;
}
