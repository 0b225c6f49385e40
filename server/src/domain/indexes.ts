/** Under which names each record is found again. A list in the product reads one of these, never all records. */
import { isLive, isOpen } from '@treeline/shared';
import type { RecordKind, RecordTypes, SessionRecord, TriggerRecord } from './records.ts';

export type Indexes = Readonly<Record<string, string | readonly string[]>>;

export const YES = 'yes';

function sessionIndexes(session: SessionRecord): Indexes {
  const live = isLive(session);
  return {
    root: session.rootId,
    runner: session.runnerId,
    live: live ? YES : 'no',
    ...(session.parentId === null ? {} : { parent: session.parentId }),
    ...(live ? { liveOnRunner: session.runnerId } : {}),
  };
}

function triggerIndexes(trigger: TriggerRecord): Indexes {
  const open = isOpen(trigger);
  return {
    root: trigger.rootId,
    session: trigger.sessionId,
    open: open ? YES : 'no',
    ...(trigger.state.state === 'escalated' ? { escalated: YES } : {}),
    ...(trigger.state.state === 'escalated' && trigger.snoozedUntil !== undefined ? { snoozed: YES } : {}),
    ...(open && trigger.parentId !== null ? { openTo: trigger.parentId } : {}),
    ...(trigger.state.state === 'answered' && trigger.state.resumedAt === undefined
      ? { unresumed: trigger.sessionId }
      : {}),
  };
}

export function indexesOf<K extends RecordKind>(kind: K, value: RecordTypes[K]): Indexes {
  if (kind === 'session') return sessionIndexes(value as SessionRecord);
  if (kind === 'trigger') return triggerIndexes(value as TriggerRecord);
  if (kind === 'notice') return { subject: (value as RecordTypes['notice']).subject.id };
  if (kind === 'recipient') return { device: (value as RecordTypes['recipient']).devices.map(({ id }) => id) };
  return {};
}
