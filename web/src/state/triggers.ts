/** What of the triggers concerns people, and in which order. */
import type { TriggerType, TriggerView } from '@treeline/shared';

const NOTICES: ReadonlySet<TriggerType> = new Set(['session_complete', 'session_error']);

export function isNotice(type: TriggerType): boolean {
  return NOTICES.has(type);
}

export function isOpen({ state, type }: Pick<TriggerView, 'state' | 'type'>): boolean {
  if (state.state === 'created' || state.state === 'escalated') return true;
  return state.state === 'delivered' && !isNotice(type);
}

/** It is with people: nobody else will answer. */
export function needsPeople({ state }: Pick<TriggerView, 'state'>): boolean {
  return state.state === 'escalated';
}

/** In the inbox: what blocks somebody, and notices that no parent took. That something was stopped on purpose is no news. */
export function belongsInInbox(trigger: TriggerView): boolean {
  if (!isOpen(trigger)) return false;
  return !isNotice(trigger.type) || (needsPeople(trigger) && trigger.reason !== 'cancelled');
}

/** Somebody put it off; the relay brings it back when it is time. */
export function isSnoozed({ snoozedUntil }: Pick<TriggerView, 'snoozedUntil'>): boolean {
  return snoozedUntil !== undefined;
}

/** It is still with the session that it is addressed to. */
export function isWithParent({ state }: Pick<TriggerView, 'state'>): boolean {
  return state.state === 'created' || state.state === 'delivered';
}

/** What blocks and is with people, then notices, then what is still with a parent; oldest first. What was just closed keeps its place. */
export function compareTriggers(a: TriggerView, b: TriggerView): number {
  return rank(a) - rank(b) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

function rank(trigger: TriggerView): number {
  if (isNotice(trigger.type)) return 1;
  return isWithParent(trigger) ? 2 : 0;
}

export type InboxFilter = 'all' | 'questions' | 'plans' | 'permissions' | 'errors' | 'results' | 'snoozed';

const FILTERS: Readonly<Record<Exclude<InboxFilter, 'all' | 'snoozed'>, readonly TriggerType[]>> = {
  questions: ['ask_user_question'],
  plans: ['plan_review'],
  permissions: ['permission_request'],
  errors: ['session_error'],
  results: ['session_complete'],
};

/** What was put off is shown only where it is asked for. */
export function fitsFilter(trigger: Pick<TriggerView, 'type' | 'snoozedUntil'>, filter: InboxFilter): boolean {
  if (filter === 'snoozed') return isSnoozed(trigger);
  if (isSnoozed(trigger)) return false;
  return filter === 'all' || FILTERS[filter].includes(trigger.type);
}

/** The three steps of an answer on its way to the agent. */
export interface Receipt {
  readonly accepted: number;
  readonly onRunner: number | undefined;
  readonly resumed: number | undefined;
}

export function receiptOf({ state }: Pick<TriggerView, 'state'>): Receipt | undefined {
  if (state.state !== 'answered') return undefined;
  return { accepted: state.at, onRunner: state.onRunnerAt, resumed: state.resumedAt };
}

/** An answer that has not reached its agent after this long deserves a warning. */
const LATE_MS = 60_000;

export function isLate(receipt: Receipt, now: number): boolean {
  return receipt.resumed === undefined && now - receipt.accepted > LATE_MS;
}

/** A closed card stays this long, so that whoever looks at it reads how it ended. */
const LINGER_MS = 8_000;
/** An answer of this page stays until its agent has gone on, and is not waited for longer than this. */
const LINGER_ANSWER_MS = 15 * 60_000;

/** Whether a card that was closed while it was on the screen is still shown. */
export function lingers(trigger: TriggerView, closed: { at: number; byMe: boolean }, now: number): boolean {
  const receipt = receiptOf(trigger);
  const last = receipt?.resumed ?? closed.at;
  if (closed.byMe && receipt !== undefined && receipt.resumed === undefined)
    return now - receipt.accepted < LINGER_ANSWER_MS;
  return now - Math.max(last, closed.at) < LINGER_MS;
}
