import type { TriggerView } from '@treeline/shared';
import { expect, test } from 'vitest';
import { offeredAnswers, textAnswers } from './answer.ts';

const trigger = (rest: Partial<TriggerView>) => rest as TriggerView;

test('a question offers its options, each with its own words as the answer', () => {
  const options = [
    { id: 'a', label: 'RS256' },
    { id: 'b', label: 'ES256' },
  ];
  expect(offeredAnswers(trigger({ type: 'ask_user_question', options })).map(({ answer }) => answer)).toEqual([
    { response: 'RS256' },
    { response: 'ES256' },
  ]);
});

test('a permission always offers a yes and a no, in the agent’s words where it gave some', () => {
  const own = trigger({
    type: 'permission_request',
    options: [
      { id: 'o1', label: 'Yes, run it', kind: 'allow_once' },
      { id: 'o2', label: 'No', kind: 'reject_once' },
      { id: 'x', label: '?', kind: 'odd' },
    ],
  });
  expect(offeredAnswers(own).map(({ label, answer }) => [label, answer.action])).toEqual([
    ['Yes, run it', 'allow'],
    ['No', 'deny'],
  ]);
  expect(offeredAnswers(trigger({ type: 'permission_request' })).map(({ answer }) => answer.action)).toEqual([
    'allow',
    'deny',
  ]);
});

test('a plan is edited from its own text, and rejected with a reason', () => {
  expect(
    textAnswers(trigger({ type: 'plan_review', text: '1. Do it' })).map(({ action, initial }) => [action, initial]),
  ).toEqual([
    ['edit', '1. Do it'],
    ['reject', ''],
  ]);
});
