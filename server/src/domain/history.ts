/**
 * Facts of a log that is sent again to a store which had lost it. Each had its effects before the loss, so nothing happens
 * twice: they say how the session stands, which of its questions wait, and which children it has. They are never refused.
 */
import {
  comparePositions,
  type Fact,
  type FactKind,
  type FactRecord,
  type Frame,
  isLive,
  isOpen,
  lastSeq,
  type Position,
} from '@treeline/shared';
import { confirmChild, placeOf } from './adoption.ts';
import { relationTo } from './authorization/relation.ts';
import type { Draft } from './draft.ts';
import { endedBy, noticeAgain, retireLater } from './ending.ts';
import { applyFact, lifecycleOf } from './facts.ts';
import { wake, wakeForUnseen } from './inbox.ts';
import type { SessionRecord } from './records.ts';
import type { Rules } from './rules.ts';
import { openAsk } from './triggers.ts';

type Again<K extends FactKind> = (input: { draft: Draft; self: SessionRecord; fact: Fact<K>; rules: Rules }) => void;

const AGAIN: { [K in FactKind]: Again<K> } = {
  state({ draft, self, fact }) {
    const resumable = fact.resumable === undefined ? {} : { resumable: fact.resumable };
    // Queued: somebody has wanted more of it meanwhile.
    const stands = isLive(self) && self.lifecycle.state !== 'queued';
    draft.patch(self, stands ? { ...resumable, lifecycle: lifecycleOf(fact, timeIn(draft, fact)) } : resumable);
  },

  consumed: asEver,
  usage: asEver,

  ask({ draft, self, fact, rules }) {
    if (self.refill?.open.includes(fact.triggerId) !== true || !isLive(self)) return;
    if (draft.get('trigger', fact.triggerId) !== undefined) return;
    const { triggerId, ask } = fact;
    openAsk(draft, self, { triggerId, ask, times: rules.times, again: { askedAt: timeIn(draft, fact) } });
  },

  withdraw: asEver,
  answer: onlyIfOpen,
  escalate: onlyIfOpen,

  /** What had not reached its runner by then is gone, like everything that only the store had. */
  tell: () => undefined,

  spawn({ draft, self, fact, rules }) {
    confirmChild(draft, { parent: self, child: fact.sessionId, place: placeOf(self, fact) }, rules);
  },

  end({ draft, self, fact, rules }) {
    // That of an earlier attempt, when it is live.
    if (isLive(self)) return;
    const ended = draft.patch(self, endedBy(self, fact, timeIn(draft, fact)));
    retireLater(draft, self.id, rules.times);
    noticeAgain(draft, ended, { triggerId: fact.triggerId, times: rules.times });
  },
};

function asEver({ draft, self, fact, rules }: Parameters<Again<'consumed' | 'usage' | 'withdraw'>>[0]): void {
  applyFact(draft, self, fact, rules);
}

/** The child may not have the answer, or not be back. */
function onlyIfOpen({ draft, self, fact, rules }: Parameters<Again<'answer' | 'escalate'>>[0]): void {
  const trigger = draft.get('trigger', fact.triggerId);
  const child = trigger === undefined ? undefined : draft.get('session', trigger.sessionId);
  if (trigger === undefined || child === undefined || !isOpen(trigger) || !isLive(child)) return;
  if (relationTo(draft, self, fact).relation === 'addressee') applyFact(draft, self, fact, rules);
}

function timeIn(draft: Draft, { at }: FactRecord): number {
  return Math.min(at, draft.now);
}

/** Whether the frame is of what had its effects before the store was lost. */
export function isHistory(session: SessionRecord, frame: Pick<Frame, 'epoch' | 'first' | 'count'>): boolean {
  const { refill } = session;
  return refill !== undefined && comparePositions({ epoch: frame.epoch, seq: lastSeq(frame) }, refill.until) <= 0;
}

export function applyAgain(draft: Draft, self: SessionRecord, fact: FactRecord, rules: Rules): void {
  const again = AGAIN[fact.kind] as Again<FactKind>;
  again({ draft, self, fact, rules });
}

/** All of its history is there when the log has come this far: from now on it is like any other session. */
export function finishRefill(draft: Draft, session: SessionRecord, head: Position): SessionRecord {
  const current = draft.get('session', session.id) ?? session;
  const { refill, ...whole } = current;
  if (refill === undefined || comparePositions(head, refill.until) < 0) return current;
  draft.put('session', whole.id, whole);
  const { lifecycle } = whole;
  if (lifecycle.state === 'asleep' && lifecycle.interrupted === true) wake(draft, whole);
  else wakeForUnseen(draft, whole.id);
  return draft.get('session', whole.id) ?? whole;
}
