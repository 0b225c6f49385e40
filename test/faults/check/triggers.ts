/** TRG rules: a trigger that was made is there, one answer counts, and it reaches the child that asked once. */
import type { Fact, TriggerView } from '@treeline/shared';
import type { Report } from '../checker.ts';
import type { AnswerOp, Evidence } from '../history.ts';
import { refusedIn } from './inboxes.ts';
import { count, factsOf, inboxOf, itemsOf, mayRepeat } from './records.ts';

export function checkTriggers(evidence: Evidence, report: Report): void {
  const triggers = new Map(evidence.triggers.map((trigger) => [trigger.id as string, trigger]));
  checkMade(evidence, triggers, report);
  const accepted = acceptedAnswers(evidence);
  for (const trigger of evidence.triggers) {
    checkDelivered(evidence, trigger, report);
    checkAnswered(evidence, { trigger, accepted: accepted.get(trigger.id) ?? [] }, report);
  }
  for (const id of accepted.keys()) if (!triggers.has(id)) report('lost', `${id}: it was answered and is not there`);
  checkRefusedAnswers(evidence, triggers, report);
}

/** Questions and ends of children made their triggers. */
function checkMade(evidence: Evidence, triggers: ReadonlyMap<string, TriggerView>, report: Report): void {
  for (const { view, frames } of evidence.sessions) {
    const refused = refusedIn(evidence, view.id);
    for (const { id, triggerId } of factsOf(frames, 'ask')) {
      if (!refused.has(id) && triggers.get(triggerId)?.sessionId !== view.id)
        report('lost', `${triggerId}: asked by ${view.id}`);
    }
  }
}

/** A trigger is in its parent's inbox once at most, and surely when the relay says that it was delivered. */
function checkDelivered(evidence: Evidence, { id, parentId, state }: TriggerView, report: Report): void {
  if (parentId === null) return;
  const times = count(itemsOf(inboxOf(evidence, parentId), 'trigger'), ({ triggerId }) => triggerId === id);
  if (times > 1 && !mayRepeat(evidence))
    report('duplicated', `${id}: it is in the inbox of ${parentId} ${times} times`);
  if (times > 0) return;
  const byParent = state.state === 'answered' && state.by.kind === 'session';
  if (state.state === 'delivered' || byParent)
    report('lost', `${id}: ${state.state}, and not in the inbox of ${parentId}`);
  if (state.state === 'created') {
    const parent = evidence.sessions.find(({ view }) => view.id === parentId)?.view;
    if (parent?.lifecycle.state === 'idle' || parent?.lifecycle.state === 'running')
      report('lost', `${id}: it never came to the runner of ${parentId}`);
  }
}

interface Accepted {
  readonly by: string;
  readonly response: string;
}

/** What every answerer was told had counted. */
function acceptedAnswers(evidence: Evidence): Map<string, Accepted[]> {
  const accepted = new Map<string, Accepted[]>();
  const add = (trigger: string, answer: Accepted) => accepted.set(trigger, [...(accepted.get(trigger) ?? []), answer]);
  for (const { view, frames } of evidence.sessions) {
    const refused = refusedIn(evidence, view.id);
    for (const { id, triggerId, response } of factsOf(frames, 'answer') satisfies Fact<'answer'>[])
      if (!refused.has(id)) add(triggerId, { by: view.id, response });
  }
  for (const op of answersOf(evidence)) if (op.outcome === 'ok') add(op.trigger, { by: op.key, response: op.response });
  return accepted;
}

function checkAnswered(
  evidence: Evidence,
  { trigger, accepted }: { trigger: TriggerView; accepted: readonly Accepted[] },
  report: Report,
): void {
  const { id, state, sessionId } = trigger;
  if (accepted.length > 1) report('duplicated', `${id}: answered by ${accepted.map(({ by }) => by).join(' and ')}`);
  for (const { by, response } of accepted) {
    if (state.state !== 'answered') report('lost', `${id}: ${by} answered it, and it is ${state.state}`);
    else if (state.response !== response)
      report('wrong', `${id}: ${by} answered "${response}", and it says "${state.response}"`);
  }
  const items = itemsOf(inboxOf(evidence, sessionId), 'answer').filter(({ triggerId }) => triggerId === id);
  if (items.length > 1 && !mayRepeat(evidence))
    report('duplicated', `${id}: ${items.length} outcomes in the inbox of ${sessionId}`);
  if (state.state !== 'answered' || state.inboxPosition === undefined) return;
  const [item] = items;
  if (item === undefined) report('lost', `${id}: its answer is not in the inbox of ${sessionId}`);
  else if (!mayRepeat(evidence) && (item.outcome !== 'answered' || item.response !== state.response))
    report('wrong', `${id}: the inbox of ${sessionId} says ${item.outcome} "${item.response}"`);
}

function checkRefusedAnswers(evidence: Evidence, triggers: ReadonlyMap<string, TriggerView>, report: Report): void {
  for (const { key, outcome, trigger, response } of answersOf(evidence)) {
    const state = triggers.get(trigger)?.state;
    if (outcome === 'fail' && state?.state === 'answered' && state.response === response)
      report('wrong', `${trigger}: the answer ${key} was refused and counted`);
  }
}

function answersOf({ ops }: Evidence): AnswerOp[] {
  return ops.filter((op): op is AnswerOp => op.op === 'answer');
}
