/** Stream entries back to what they were: frames of a log, items of an inbox. */
import type { Frame, FrameId, InboxEntry, InboxItem, Position, SessionId } from '@treeline/shared';

export type StreamEntry = [id: string, fields: string[]];

/** The position that the id of a log's entry names; without one, that before everything. */
export function positionOf(id: string | null): Position {
  const [epoch = 0, seq = 0] = id?.split('-').map(Number) ?? [];
  return { epoch, seq };
}

/** Fields as scripts/log.ts writes them: id, first, kind, body. */
export function frameOf(session: SessionId, [id, fields]: StreamEntry): Frame {
  const { epoch, seq: last } = positionOf(id);
  const first = Number(fields[3]);
  return {
    id: fields[1] as FrameId,
    session,
    epoch,
    first,
    count: last - first + 1,
    kind: fields[5] as Frame['kind'],
    body: fields[7] ?? '',
  };
}

export function inboxEntryOf([id, fields]: StreamEntry): InboxEntry {
  return { position: Number.parseInt(id, 10), item: JSON.parse(fields[1] ?? '') as InboxItem };
}
