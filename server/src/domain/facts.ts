/**
 * Applying one fact of a session's log. Runs inside the commit that appends the fact, so it happens exactly once. A
 * refusal is a result too: the record stays in the log, nothing of it happens, and the session's inbox says why.
 */
import type { Fact, FactKind, FactRecord } from '@treeline/shared';
import { isLive, TreelineError } from '@treeline/shared';
import type { Draft } from './draft.ts';
import { endSession } from './ending.ts';
import { deliver, isRevivable, wakeForUnseen } from './inbox.ts';
import type { SessionRecord } from './records.ts';
import { admitRevival, spawnSession, type TreeLimits } from './spawn.ts';
import { answer, cancel, escalate, markResumed, openAsk, type TriggerTimes } from './triggers.ts';

export interface Rules {
  readonly tree: TreeLimits;
  readonly times: TriggerTimes;
}

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
    openAsk(draft, live(self), { triggerId: fact.triggerId, ask: fact.ask, times: rules.times });
  },

  withdraw({ draft, self, fact }) {
    const trigger = draft.get('trigger', fact.triggerId);
    if (trigger?.sessionId === self.id) cancel(draft, trigger, 'the session that asked no longer waits for it');
  },

  answer({ draft, self, fact }) {
    answer(draft, addressedTo(draft, self, fact.triggerId), {
      by: { kind: 'session', id: self.id },
      response: fact.response,
      action: fact.action,
    });
  },

  escalate({ draft, self, fact }) {
    escalate(draft, addressedTo(draft, self, fact.triggerId), {
      by: { kind: 'session', id: self.id },
      why: 'its parent passed it on',
      context: fact.context,
    });
  },

  tell({ draft, self, fact, rules }) {
    const child = draft.get('session', fact.sessionId);
    if (child?.parentId !== self.id)
      throw new TreelineError('not_a_child', `${fact.sessionId} is not a child of this session`);
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
    if (draft.get('session', fact.sessionId) !== undefined)
      throw new TreelineError('conflict', `There is a session ${fact.sessionId} already`);
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
  const apply = APPLY[fact.kind] as Apply<FactKind>;
  apply({ draft, self, fact, rules });
}

/** What is committed in place of a refused fact. */
export function refuseFact(draft: Draft, self: SessionRecord, fact: FactRecord, problem: TreelineError): Refusal {
  const refusal = { recordId: fact.id, code: problem.code, message: problem.message };
  deliver(draft, self, { kind: 'refusal', ...refusal, what: fact.kind });
  return refusal;
}

function lifecycleOf({ state, interrupted }: Fact<'state'>, since: number): SessionRecord['lifecycle'] {
  if (state === 'asleep' && interrupted === true) return { state, since, interrupted };
  return { state, since };
}

/** The trigger, if this session is the one to answer it. Unknown and foreign triggers are refused alike. */
function addressedTo(draft: Draft, self: SessionRecord, id: Fact<'answer'>['triggerId']) {
  const trigger = draft.get('trigger', id);
  if (trigger === undefined || trigger.parentId !== self.id) {
    throw new TreelineError('not_addressed', `No trigger ${id} is addressed to this session`);
  }
  return trigger;
}

function live(self: SessionRecord): SessionRecord {
  if (!isLive(self)) throw new TreelineError('session_ended', 'This session has ended');
  return self;
}
