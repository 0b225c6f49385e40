import { expect, test } from 'vitest';
import { optionOf } from './answer.ts';
import { approvalOf } from './approve.ts';
import { rejectionOf } from './reject.ts';

const options = [
  { id: 'opt-1', label: 'Allow', kind: 'allow_once' },
  { id: 'opt-2', label: 'Always', kind: 'allow_always' },
  { id: 'opt-3', label: 'No', kind: 'reject_once' },
];

test('an option of a question is answered in its words', () => {
  expect(optionOf({ type: 'ask_user_question', options }, 2)).toEqual({ response: 'Always' });
});

test('an option of a permission is answered by its id, with what it decides', () => {
  expect(options.map((_, at) => optionOf({ type: 'permission_request', options }, at + 1))).toEqual([
    { response: 'opt-1', action: 'allow' },
    { response: 'opt-2', action: 'allow_always' },
    { response: 'opt-3', action: 'deny' },
  ]);
});

test('an option that is not there is a usage error', () => {
  expect(() => optionOf({ type: 'ask_user_question', options }, 4)).toThrow(/only 3 options/);
  expect(() => optionOf({ type: 'ask_user_question', options: undefined }, 1)).toThrow(/no options/);
});

test('approving and rejecting mean what the type of the trigger makes of it', () => {
  expect(approvalOf('plan_review', false)).toBe('approve');
  expect(approvalOf('permission_request', false)).toBe('allow');
  expect(approvalOf('permission_request', true)).toBe('allow_always');
  expect(approvalOf('session_error', false)).toBe('acknowledge');
  expect(rejectionOf('plan_review')).toBe('reject');
  expect(rejectionOf('permission_request')).toBe('deny');
  expect(() => approvalOf('ask_user_question', false)).toThrow(/wants an answer/);
  expect(() => rejectionOf('ask_user_question')).toThrow(/plans and permissions/);
});
