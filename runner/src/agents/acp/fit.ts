/** Keeps an agent's update within what a log record may hold; what was cut is shown as cut. */
import { isShallow, type SessionUpdate } from '@treeline/shared';
import { clip } from './clip.ts';

const STRING_CHARS = 32 * 1024;
const UPDATE_CHARS = 192 * 1024;
/** Below LIMITS.jsonDepth: the update becomes a part of a record. */
const DEPTH = 24;
/** Largest first; the last ones are what a viewer needs to show anything. */
const DROPPABLE = ['rawOutput', 'rawInput', 'content', '_meta'] as const;

export function fit(update: SessionUpdate): SessionUpdate {
  let fitting = isShallow(update, DEPTH) ? update : withoutDeep(update);
  if (JSON.stringify(fitting).length <= STRING_CHARS) return fitting;
  fitting = { ...mapStrings(fitting), sessionUpdate: update.sessionUpdate };
  for (const key of DROPPABLE) {
    if (JSON.stringify(fitting).length <= UPDATE_CHARS) return fitting;
    const { [key]: dropped, ...rest } = fitting;
    if (dropped !== undefined) fitting = { ...rest, sessionUpdate: update.sessionUpdate, cut: true };
  }
  return JSON.stringify(fitting).length <= UPDATE_CHARS ? fitting : { sessionUpdate: update.sessionUpdate, cut: true };
}

/** What a tool would be called with, as far as it fits beside a question; undefined when it does not. */
export function fitInput(input: unknown): unknown {
  if (input === undefined || !isShallow(input, DEPTH - 4)) return undefined;
  const clipped = clipDeep(input);
  return JSON.stringify(clipped).length <= UPDATE_CHARS ? clipped : undefined;
}

function withoutDeep(update: SessionUpdate): SessionUpdate {
  const shallow = Object.entries(update).filter(([, value]) => isShallow(value, DEPTH - 1));
  return { ...Object.fromEntries(shallow), sessionUpdate: update.sessionUpdate, cut: true };
}

function mapStrings(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, clipDeep(value)]));
}

/** Recurses at most DEPTH levels, which `isShallow` has seen to. */
function clipDeep(value: unknown): unknown {
  if (typeof value === 'string') return clip(value, STRING_CHARS);
  if (Array.isArray(value)) return value.map(clipDeep);
  return typeof value === 'object' && value !== null ? mapStrings(value) : value;
}
