import type { FactRecord } from '@treeline/shared';
import { expect, test } from 'vitest';
import { messagesTo, spansOf, sumsOf, ticksOf } from './history.ts';
import { session, trigger } from './testing.ts';

const TRIGGER = trigger('q').id;
const CHILD = session('child').id;
const facts = (...all: object[]) => all.map((one, at) => ({ id: `rec_${at}`, ...one })) as unknown as FactRecord[];
const FACTS = facts(
  { kind: 'state', at: 10, state: 'starting' },
  { kind: 'state', at: 20, state: 'running' },
  { kind: 'ask', at: 40, triggerId: TRIGGER },
  { kind: 'state', at: 100, state: 'idle' },
  { kind: 'tell', at: 105, sessionId: CHILD },
  { kind: 'end', at: 120 },
);
const answered = trigger('q', {
  sessionId: CHILD,
  state: { state: 'answered', at: 60, by: { kind: 'relay' }, response: 'x', resumedAt: 70 },
});

test('states follow one another, and a question lies over them until the agent goes on', () => {
  const past = { session: session('s'), facts: FACTS, triggers: new Map([[TRIGGER as string, answered]]) };
  expect(spansOf(past, 500)).toEqual([
    { kind: 'starting', from: 10, until: 20 },
    { kind: 'working', from: 20, until: 100 },
    { kind: 'idle', from: 100, until: 120 },
    { kind: 'asking', from: 40, until: 70 },
  ]);
  expect(sumsOf(spansOf(past, 500))).toEqual({ worked: 50, asked: 30 });
});

test('what is open goes on until now', () => {
  const open = {
    session: session('s'),
    facts: FACTS.slice(0, 3),
    triggers: new Map([[TRIGGER as string, trigger('q')]]),
  };
  expect(spansOf(open, 90)).toEqual([
    { kind: 'starting', from: 10, until: 20 },
    { kind: 'working', from: 20, until: 90 },
    { kind: 'asking', from: 40, until: 90 },
  ]);
});

test('counts what was told to whom, answers included', () => {
  const all = [...FACTS, ...facts({ kind: 'answer', at: 130, triggerId: TRIGGER })];
  expect([...messagesTo(all, new Map([[TRIGGER as string, answered]]))]).toEqual([[CHILD, 2]]);
});

test('an axis has round marks, however long it is', () => {
  expect(ticksOf(1_500, 9_000, 5)).toEqual({ at: [2_000, 4_000, 6_000, 8_000], step: 2_000 });
  for (const hours of [1, 30, 2_000]) {
    const { at } = ticksOf(1, hours * 3_600_000, 5);
    expect(at.length).toBeGreaterThan(0);
    expect(at.length).toBeLessThanOrEqual(6);
  }
});
