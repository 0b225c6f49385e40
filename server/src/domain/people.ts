/** What people and HTTP callers decide about sessions and triggers. */
import type { Actor, DeliverAs, Labels, SessionId, StopStrength, TriggerAction, TriggerId } from '@treeline/shared';
import { isLive, TreelineError } from '@treeline/shared';
import type { Draft } from './draft.ts';
import { endSession } from './ending.ts';
import { deliver, isRevivable } from './inbox.ts';
import { announce } from './notify/announce.ts';
import type { SessionRecord, TriggerRecord } from './records.ts';
import { admitRevival, type TreeLimits } from './spawn.ts';
import { moveSubtree } from './subtree.ts';
import { answer, escalate, escalateIncoming, snooze, type TriggerTimes } from './triggers.ts';
import { childrenOf, type World } from './world.ts';

export function mustHaveSession(world: World, id: SessionId): SessionRecord {
  const session = world.get('session', id);
  if (session === undefined) throw new TreelineError('not_found', `There is no session ${id}`);
  return session;
}

export function mustHaveTrigger(world: World, id: TriggerId): TriggerRecord {
  const trigger = world.get('trigger', id);
  if (trigger === undefined) throw new TreelineError('not_found', `There is no trigger ${id}`);
  return trigger;
}

export function sendPrompt(
  draft: Draft,
  id: SessionId,
  input: { text: string; deliverAs: DeliverAs; from: Actor },
  limits: TreeLimits,
) {
  const session = mustHaveSession(draft, id);
  if (!isLive(session) && !isRevivable(session)) {
    throw new TreelineError(
      'session_ended',
      `"${session.title}" has ended and the agent ${session.agent} cannot be resumed`,
    );
  }
  if (!isLive(session)) admitRevival(draft, session, limits);
  return deliver(draft, session, { kind: 'prompt', ...input });
}

export function respond(
  draft: Draft,
  id: TriggerId,
  input: { by: Actor; response: string; action: TriggerAction | undefined },
): TriggerRecord {
  return answer(draft, mustHaveTrigger(draft, id), input);
}

export function takeToPeople(
  draft: Draft,
  id: TriggerId,
  input: { by: Actor; context: string | undefined },
): TriggerRecord {
  return escalate(draft, mustHaveTrigger(draft, id), { ...input, why: 'a person took it over' });
}

export function snoozeTrigger(draft: Draft, id: TriggerId, until: number | null): TriggerRecord {
  return snooze(draft, mustHaveTrigger(draft, id), until);
}

/** What people call a session, and what they find it by. */
export function describeSession(
  draft: Draft,
  id: SessionId,
  { title, labels }: { title?: string | undefined; labels?: Labels | undefined },
): void {
  draft.patch(mustHaveSession(draft, id), {
    ...(title === undefined ? {} : { title }),
    ...(labels === undefined ? {} : { labels }),
  });
}

/**
 * Asks the session to stop, and with `tree` everything below it. A session without a process ends at once. Returns the
 * sessions that were live.
 */
export function stopSession(
  draft: Draft,
  id: SessionId,
  input: {
    tree: boolean;
    strength: StopStrength;
    from: Actor;
    triggerId: (of: SessionId) => TriggerId;
    times: TriggerTimes;
  },
): SessionId[] {
  const session = mustHaveSession(draft, id);
  const stopped: SessionId[] = [];
  if (input.tree) {
    for (const child of childrenOf(draft, id)) stopped.push(...stopSession(draft, child, input));
  }
  if (!isLive(session)) return stopped;
  const { state } = session.lifecycle;
  if (
    state === 'asleep' ||
    (state === 'queued' && draft.get('runner', session.runnerId)?.presence.state !== 'online')
  ) {
    const detail = 'Stopped before a worker ran';
    endSession(
      draft,
      mustHaveSession(draft, id),
      { triggerId: input.triggerId(id), outcome: 'cancelled', reason: 'cancelled', detail },
      input.times,
    );
  } else {
    deliver(draft, mustHaveSession(draft, id), { kind: 'stop', strength: input.strength, from: input.from });
  }
  return [id, ...stopped];
}

/** Deletes a session that is over: open triggers that wait for it go to people, its children become roots. */
export function deleteSession(draft: Draft, id: SessionId): void {
  const session = mustHaveSession(draft, id);
  if (isLive(session)) throw new TreelineError('conflict', `"${session.title}" is still live; stop it first`);
  escalateIncoming(draft, id, `its parent "${session.title}" was deleted`);
  for (const child of childrenOf(draft, id)) makeRoot(draft, child, id);
  for (const trigger of draft.list('trigger', 'session', id)) {
    if (draft.get('trigger', trigger)?.state.state === 'escalated') announce(draft, { kind: 'trigger', id: trigger });
    draft.remove('trigger', trigger);
  }
  if (session.parentId === null) announce(draft, { kind: 'session', id });
  draft.remove('session', id);
  draft.dropSession(id);
}

function makeRoot(draft: Draft, id: SessionId, formerParentId: SessionId): void {
  const child = draft.get('session', id);
  if (child === undefined) return;
  const treeLive = moveSubtree(draft, child, { parent: undefined });
  draft.patch(child, { formerParentId, treeLive });
  const oldRoot = draft.get('session', child.rootId);
  if (oldRoot !== undefined && oldRoot.id !== formerParentId) {
    draft.patch(oldRoot, { treeLive: Math.max(0, oldRoot.treeLive - treeLive) });
  }
}
