/**
 * The records of a frame. Facts were parsed by the relay; events come unread from the runner, so nothing of them is
 * believed before it was looked at.
 */
import type { EventRecord, FactRecord, Frame, Position } from '@treeline/shared';

export interface Placed<R> {
  readonly position: Position;
  readonly record: R;
}

export type SeenRecord = EventRecord | FactRecord;
type Fields = Readonly<Record<string, unknown>>;

/** What is not a record that this version knows is left out. */
export function recordsOf(frame: Frame): Placed<SeenRecord>[] {
  return parsed(frame.body).flatMap((value, at) => {
    const record = frame.kind === 'fact' ? (value as FactRecord) : eventOf(value);
    return record === undefined ? [] : [{ position: { epoch: frame.epoch, seq: frame.first + at }, record }];
  });
}

function parsed(body: string): unknown[] {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value : [];
  } catch {
    return []; // The relay has checked it; were it torn all the same, the frames around it are still good.
  }
}

function eventOf(value: unknown): EventRecord | undefined {
  const record = fields(value);
  if (record === undefined || typeof record['id'] !== 'string' || typeof record['at'] !== 'number') return undefined;
  if (record['kind'] === 'notice') return typeof record['text'] === 'string' ? (value as EventRecord) : undefined;
  if (record['kind'] !== 'update') return undefined;
  const update = fields(record['update']);
  return update !== undefined && typeof update['sessionUpdate'] === 'string' ? (value as EventRecord) : undefined;
}

/** The value as an object, if it is one. */
export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The text of a content block of the Agent Client Protocol; a word for what is no text. */
export function contentText(value: unknown): string {
  const block = fields(value);
  if (block === undefined) return '';
  const text = stringOf(block['text']);
  if (text !== undefined) return text;
  const type = stringOf(block['type']);
  const name = stringOf(block['name']) ?? stringOf(block['uri']) ?? stringOf(block['mimeType']);
  return type === undefined ? '' : `[${type}${name === undefined ? '' : `: ${name}`}]`;
}
