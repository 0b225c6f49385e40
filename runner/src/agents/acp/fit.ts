/** Keeps what an agent says beside a question within what a record may hold. */
import { isShallow } from '@treeline/shared';

const STRING_CHARS = 32 * 1024;
const INPUT_CHARS = 128 * 1024;
/** Below LIMITS.jsonDepth: it becomes a part of a record. */
const DEPTH = 20;

/** At most `max` characters, never half of a surrogate pair; a cut is shown. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  const last = cut.charCodeAt(cut.length - 1);
  return `${last >= 0xd800 && last < 0xdc00 ? cut.slice(0, -1) : cut}…`;
}

/** What a tool would be called with, long strings cut; undefined when it does not fit. */
export function fitInput(input: unknown): unknown {
  if (input === undefined || !isShallow(input, DEPTH)) return undefined;
  const clipped = clipDeep(input);
  return JSON.stringify(clipped).length <= INPUT_CHARS ? clipped : undefined;
}

/** Recurses at most DEPTH levels, which `isShallow` has seen to. */
function clipDeep(value: unknown): unknown {
  if (typeof value === 'string') return clip(value, STRING_CHARS);
  if (Array.isArray(value)) return value.map(clipDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, clipDeep(child)]));
}
