/** From frames and deltas to the rows of a transcript. Pure: the same frames give the same rows, however they were cut into packets. */
import type { Frame, Position, SessionUpdate } from '@treeline/shared';
import { beyond, comparePositions, formatPosition, START } from './position.ts';
import { contentText, fields, recordsOf, stringOf, type Placed, type SeenRecord } from './records.ts';
import { lastRows } from './last-rows.ts';
import { receivedOf } from './received.ts';
import type { LiveText, PlanEntry, Row, RowOf, Transcript } from './rows.ts';
import { isToldElsewhere, toolRow, updatedTool } from './tool-call.ts';

/** A longer text goes on in a row of its own, so that no row grows without end. */
const ROW_CHARS = 16_000;
/** What a page keeps; older rows can be loaded again. */
const MAX_ROWS = 20_000;
const TRIM_TO = { count: 16_000, chars: 16_000_000 } as const;
/** So often, in rows, is looked whether their texts are too much. */
const LOOK_EVERY = 250;
/** How far back a tool call may lie that is updated. */
const LOOK_BACK = 400;

export const EMPTY: Transcript = {
  rows: [],
  live: [],
  cursor: START,
  lastUpdate: START,
  earlier: false,
  removed: false,
};

/** A fresh beginning: these frames and nothing before them. */
export function begin(
  frames: readonly Frame[],
  { earlier, removed }: { earlier: boolean; removed?: Position | undefined },
): Transcript {
  const first = frames[0];
  const cursor = first === undefined ? START : { epoch: first.epoch, seq: first.first - 1 };
  const start = { ...EMPTY, cursor, lastUpdate: cursor, earlier, removed: removed !== undefined };
  return extend(start, frames).transcript;
}

/** Takes in what lies beyond the cursor. `gap`: something is missing, attach again from the cursor. */
export function extend(
  transcript: Transcript,
  frames: readonly Frame[],
): { readonly transcript: Transcript; readonly gap: boolean } {
  const { fresh, cursor, gap } = beyond(frames, transcript.cursor);
  if (fresh.length === 0) return { transcript, gap };
  const rows = [...transcript.rows];
  let { lastUpdate, live } = transcript;
  for (const placed of fresh.flatMap(recordsOf)) {
    if (placed.record.kind === 'update' || placed.record.kind === 'end') {
      lastUpdate = placed.position;
      live = [];
    }
    add(rows, placed);
  }
  const look = rows.length > MAX_ROWS || every(LOOK_EVERY, { from: transcript.rows.length, to: rows.length });
  const kept = look ? lastRows(rows, rows.length > MAX_ROWS ? TRIM_TO : { ...TRIM_TO, count: rows.length }) : rows;
  const trimmed = kept.length < rows.length;
  return {
    transcript: {
      rows: kept,
      live,
      cursor,
      lastUpdate,
      earlier: transcript.earlier || trimmed,
      removed: transcript.removed,
    },
    gap,
  };
}

const every = (step: number, { from, to }: { from: number; to: number }) =>
  Math.floor(from / step) !== Math.floor(to / step);

/** Unfinished output after a position; void when the finished step is already there. */
export function withDelta(
  transcript: Transcript,
  delta: { readonly after: Position; readonly updates: readonly SessionUpdate[] },
): Transcript {
  if (comparePositions(delta.after, transcript.lastUpdate) < 0) return transcript;
  const live = [...transcript.live];
  for (const update of delta.updates) addLive(live, update);
  return { ...transcript, live };
}

function addLive(live: LiveText[], update: SessionUpdate): void {
  const kind = CHUNK_KIND[update.sessionUpdate];
  if (kind !== 'agent' && kind !== 'thought') return;
  const text = contentText(update['content']);
  const messageId = stringOf(update['messageId']);
  const last = live.at(-1);
  if (last?.kind === kind && last.messageId === messageId) live[live.length - 1] = { ...last, text: last.text + text };
  else live.push({ kind, text, messageId });
}

const CHUNK_KIND: Readonly<Record<string, 'agent' | 'thought' | 'user'>> = {
  agent_message_chunk: 'agent',
  agent_thought_chunk: 'thought',
  user_message_chunk: 'user',
};

function add(rows: Row[], { position, record }: Placed<SeenRecord>): void {
  const base = { key: formatPosition(position), at: record.at };
  switch (record.kind) {
    case 'update':
      return addUpdate(rows, record.update, base);
    case 'notice':
      return void rows.push({ ...base, kind: 'notice', level: record.level, text: record.text });
    case 'ask':
      return void rows.push({ ...base, kind: 'asked', triggerId: record.triggerId, ask: record.ask, withdrawn: false });
    case 'withdraw':
      change(
        rows,
        'asked',
        (row) => row.triggerId === record.triggerId,
        (row) => ({ ...row, withdrawn: true }),
      );
      return;
    case 'answer':
      return void rows.push({ ...base, kind: 'answered', ...pick(record), action: record.action });
    case 'escalate':
      return void rows.push({ ...base, kind: 'escalated', triggerId: record.triggerId, context: record.context });
    case 'tell':
      return void rows.push({ ...base, kind: 'told', sessionId: record.sessionId, text: record.text });
    case 'spawn':
      return void rows.push({ ...base, kind: 'spawned', sessionId: record.sessionId, spec: record.spec });
    case 'state':
      if (record.state === 'asleep') rows.push({ ...base, kind: 'asleep' });
      return;
    case 'end':
      return void rows.push({
        ...base,
        kind: 'ended',
        outcome: record.outcome,
        reason: record.reason,
        detail: record.detail,
        summary: record.summary,
      });
    case 'consumed':
    case 'usage':
      return;
  }
}

function pick({ triggerId, response }: { triggerId: RowOf<'answered'>['triggerId']; response: string }) {
  return { triggerId, response };
}

function addUpdate(rows: Row[], update: SessionUpdate, base: { key: string; at: number }): void {
  const chunk = CHUNK_KIND[update.sessionUpdate];
  if (chunk !== undefined) return addText(rows, chunk, update, base);
  switch (update.sessionUpdate) {
    case 'tool_call':
      return addTool(rows, toolRow(update, base));
    case 'tool_call_update': {
      const callId = stringOf(update['toolCallId']);
      if (
        change(
          rows,
          'tool',
          (row) => row.callId === callId,
          (row) => updatedTool(row, update, base.at),
        )
      )
        return;
      return addTool(rows, toolRow(update, base));
    }
    case 'plan':
      return addPlan(rows, { ...base, kind: 'plan', entries: planEntries(update['entries']) });
    default:
      // Modes, commands and what later versions add have no row.
      return;
  }
}

function addTool(rows: Row[], row: RowOf<'tool'>): void {
  if (
    !change(
      rows,
      'tool',
      ({ callId }) => callId === row.callId,
      (known) => ({ ...row, key: known.key, at: known.at }),
    )
  )
    rows.push(row);
}

function addText(
  rows: Row[],
  kind: 'agent' | 'thought' | 'user',
  update: SessionUpdate,
  base: { key: string; at: number },
): void {
  if (kind === 'user') return void rows.push({ ...base, kind, ...receivedOf(update) });
  const text = contentText(update['content']);
  const messageId = stringOf(update['messageId']);
  const last = rows.at(-1);
  if (last?.kind === kind && last.messageId === messageId && last.text.length + text.length <= ROW_CHARS) {
    rows[rows.length - 1] = { ...last, text: last.text + text };
  } else if (kind === 'agent') {
    rows.push({ ...base, kind, text, messageId, plain: fields(update['_meta'])?.['treeline/stream'] !== undefined });
  } else rows.push({ ...base, kind, text, messageId });
}

/** A plan that is updated stays where it was made, unless something was said since. */
function addPlan(rows: Row[], row: RowOf<'plan'>): void {
  const last = rows.at(-1);
  if (last?.kind === 'plan') rows[rows.length - 1] = { ...row, key: last.key, at: last.at };
  else rows.push(row);
}

function planEntries(value: unknown): PlanEntry[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item): PlanEntry[] => {
    const text = stringOf(fields(item)?.['content']);
    return text === undefined ? [] : [{ text, status: stringOf(fields(item)?.['status']) ?? 'pending' }];
  });
}

/** Replaces the newest row of a kind that fits; false when there is none near the end. */
function change<K extends Row['kind']>(
  rows: Row[],
  kind: K,
  fits: (row: RowOf<K>) => boolean,
  next: (row: RowOf<K>) => Row,
): boolean {
  for (let at = rows.length - 1; at >= Math.max(0, rows.length - LOOK_BACK); at--) {
    const row = rows[at];
    if (row === undefined || row.kind !== kind || !fits(row as RowOf<K>)) continue;
    rows[at] = next(row as RowOf<K>);
    return true;
  }
  return false;
}

/** Rows that are drawn: calls of Treeline's own tools are told by the rows of what they did. */
export function shownRows(rows: readonly Row[]): Row[] {
  return rows.filter((row) => row.kind !== 'tool' || !isToldElsewhere(row));
}
