/** What the facts of a session's log say about its time: when it worked, when it waited, and whom it told something. */
import type { FactRecord, SessionView, TriggerView } from '@treeline/shared';

export type SpanKind = 'starting' | 'working' | 'asking' | 'idle' | 'asleep';

/** Milliseconds since 1970. */
export interface Span {
  readonly kind: SpanKind;
  readonly from: number;
  readonly until: number;
}

export interface Past {
  readonly session: SessionView;
  readonly facts: readonly FactRecord[];
  /** Triggers of the session, by id; one that is not known counts as over with the next word of the session. */
  readonly triggers: ReadonlyMap<string, TriggerView>;
}

const KINDS = { starting: 'starting', running: 'working', idle: 'idle', asleep: 'asleep' } as const;

/** States one after the other, and over them the times in which an own question was open. */
export function spansOf({ session, facts, triggers }: Past, now: number): Span[] {
  const spans: Span[] = [];
  let open: { kind: SpanKind; from: number } | undefined;
  const close = (at: number) => {
    if (open !== undefined && at > open.from) spans.push({ ...open, until: at });
    open = undefined;
  };
  for (const fact of facts) {
    if (fact.kind !== 'state' && fact.kind !== 'end') continue;
    close(fact.at);
    if (fact.kind === 'state') open = { kind: KINDS[fact.state], from: fact.at };
  }
  close(session.lifecycle.state === 'ended' ? session.lifecycle.since : now);
  for (const [at, fact] of facts.entries()) {
    if (fact.kind !== 'ask') continue;
    const until = closedAt(triggers.get(fact.triggerId), now) ?? facts[at + 1]?.at ?? fact.at;
    if (until > fact.at) spans.push({ kind: 'asking', from: fact.at, until });
  }
  return spans;
}

function closedAt(trigger: TriggerView | undefined, now: number): number | undefined {
  if (trigger === undefined) return undefined;
  const { state } = trigger;
  switch (state.state) {
    case 'answered':
      return state.resumedAt ?? state.at;
    case 'expired':
    case 'cancelled':
    case 'failed':
      return state.at;
    case 'created':
    case 'delivered':
    case 'escalated':
      return now;
  }
}

export interface Sums {
  /** Milliseconds at work, without those in which it waited for an answer. */
  readonly worked: number;
  /** Milliseconds in which it waited for an answer. */
  readonly asked: number;
}

export function sumsOf(spans: readonly Span[]): Sums {
  const asking = spans.filter(({ kind }) => kind === 'asking');
  let worked = 0;
  let asked = 0;
  for (const { kind, from, until } of spans) {
    if (kind === 'asking') asked += until - from;
    if (kind !== 'working') continue;
    worked += until - from;
    for (const other of asking) worked -= Math.max(0, Math.min(until, other.until) - Math.max(from, other.from));
  }
  return { worked: Math.max(0, worked), asked };
}

/** How often a session spoke to each session below it: told it something, or answered it. */
export function messagesTo(
  facts: readonly FactRecord[],
  triggers: ReadonlyMap<string, TriggerView>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const fact of facts) {
    const to =
      fact.kind === 'tell'
        ? fact.sessionId
        : fact.kind === 'answer'
          ? triggers.get(fact.triggerId)?.sessionId
          : undefined;
    if (to !== undefined) counts.set(to, (counts.get(to) ?? 0) + 1);
  }
  return counts;
}

/** Round times for an axis: at most `most` of them, and the step between them. */
export function ticksOf(from: number, until: number, most: number): { readonly at: number[]; readonly step: number } {
  const span = Math.max(1, until - from);
  const step = STEPS.find((one) => span / one <= most) ?? Math.ceil(span / most / DAY) * DAY;
  const at: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= until; tick += step) at.push(tick);
  return { at, step };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  DAY,
];
