/**
 * Applying one fact of a session's log. Runs inside the commit that appends the fact, so it happens exactly once. A
 * refusal is a result too: the record stays in the log, nothing of it happens, and the session's inbox says why.
 */
import type { Fact, FactKind, FactRecord } from '@treeline/shared';
import { idFor, isLive, TreelineError } from '@treeline/shared';
import { confirmChild, placeOf } from './adoption.ts';
import { authorizeRelation } from './authorization/decide.ts';
import { relationTo } from './authorization/relation.ts';
import type { Row } from './authorization/row.ts';
import { SESSION_ACTIONS } from './authorization/table.ts';
import type { Draft } from './draft.ts';
import { endSession } from './ending.ts';
import { deliver, isRevivable, wakeForUnseen } from './inbox.ts';
import { mustHaveSession, mustHaveTrigger } from './people.ts';
import type { SessionRecord } from './records.ts';
import type { Rules } from './rules.ts';
import { admitRevival, spawnSession } from './spawn.ts';
import { answer, cancel, escalate, markResumed, openAsk } from './triggers.ts';

type Apply<K extends FactKind> = (input: { draft: Draft; self: SessionRecord; fact: Fact<K>; rules: Rules }) => void;

const APPLY: { [K in FactKind]: Apply<K> } = {
  state({ draft, self, fact }) {
    if (!isLive(self)) return;
    draft.patch(self, {
      lifecycle: lifecycleOf(fact, draft.now),
      ...(fact.resumable === undefined ? {} : { resumable: fact.resumable }),
    });
    wakeForUnseen(draft, self.id);
  },

  consumed({ draft, self, fact }) {
    const position = Math.min(fact.position, self.inbox.last);
    if (position <= self.inbox.consumed) return;
    for (const id of draft.list('trigger', 'unresumed', self.id)) markResumed(draft, id, position);
    draft.patch(self, { inbox: { ...self.inbox, consumed: position } });
  },

  usage({ draft, self, fact }) {
    draft.patch(self, { usage: fact.usage });
  },

  ask({ draft, self, fact, rules }) {
    openAsk(draft, self, { triggerId: fact.triggerId, ask: fact.ask, times: rules.times });
  },

  withdraw({ draft, self, fact }) {
    const trigger = draft.get('trigger', fact.triggerId);
    if (trigger?.sessionId === self.id) cancel(draft, trigger, 'the session that asked no longer waits for it');
  },

  answer({ draft, self, fact }) {
    answer(draft, mustHaveTrigger(draft, fact.triggerId), {
      by: { kind: 'session', id: self.id },
      response: fact.response,
      action: fact.action,
    });
  },

  escalate({ draft, self, fact }) {
    escalate(draft, mustHaveTrigger(draft, fact.triggerId), {
      by: { kind: 'session', id: self.id },
      why: 'its parent passed it on',
      context: fact.context,
    });
  },

  tell({ draft, self, fact, rules }) {
    const child = mustHaveSession(draft, fact.sessionId);
    if (!isLive(child) && !isRevivable(child))
      throw new TreelineError('session_ended', `The child "${child.title}" has ended`);
    if (!isLive(child)) admitRevival(draft, child, rules.tree);
    const from = { kind: 'session', id: self.id } as const;
    deliver(draft, child, {
      kind: 'tell',
      id: fact.messageId,
      text: fact.text,
      deliverAs: fact.deliverAs ?? 'steer',
      from,
    });
  },

  spawn({ draft, self, fact, rules }) {
    const known = draft.get('session', fact.sessionId);
    if (known?.lostParent?.id === self.id)
      return confirmChild(draft, { parent: self, child: known.id, place: placeOf(self, fact) }, rules);
    if (known !== undefined) throw new TreelineError('conflict', `There is a session ${fact.sessionId} already`);
    spawnSession(
      draft,
      { id: fact.sessionId, spec: fact.spec, parentId: self.id, by: { kind: 'session', id: self.id } },
      rules.tree,
    );
  },

  end({ draft, self, fact, rules }) {
    endSession(draft, self, fact, rules.times);
    wakeForUnseen(draft, self.id);
  },
};

export interface Refusal {
  readonly recordId: FactRecord['id'];
  readonly code: TreelineError['code'];
  readonly message: string;
}

/** Applies the fact; when the rules refuse it, throws TreelineError and the draft is to be thrown away. */
export function applyFact(draft: Draft, self: SessionRecord, fact: FactRecord, rules: Rules): void {
  const row: Row = SESSION_ACTIONS[fact.kind];
  const { relation, otherwise } = relationTo(draft, self, fact);
  authorizeRelation(row, relation, otherwise);
  if (row.relation === 'self' && row.state === 'live' && !isLive(self))
    throw new TreelineError(row.refusal ?? 'session_ended', 'This session has ended');
  const apply = APPLY[fact.kind] as Apply<FactKind>;
  apply({ draft, self, fact, rules });
}

/** What is committed in place of a refused fact. */
export function refuseFact(draft: Draft, self: SessionRecord, fact: FactRecord, problem: TreelineError): Refusal {
  const refusal = { recordId: fact.id, code: problem.code, message: problem.message };
  deliver(draft, self, { kind: 'refusal', id: idFor('message', fact.id), ...refusal, what: fact.kind });
  return refusal;
}

export function lifecycleOf({ state, interrupted }: Fact<'state'>, since: number): SessionRecord['lifecycle'] {
  if (state === 'asleep' && interrupted === true) return { state, since, interrupted };
  return { state, since };
}
