import type { AuditLine } from '@treeline/shared';
import { expect, test } from 'vitest';
import { didText, isFirstLook, whoText } from './audit.ts';

const line = (over: Partial<AuditLine>): AuditLine => ({
  id: 'aud_0',
  at: 0,
  who: { kind: 'person', name: 'ann' },
  from: { over: 'http' },
  action: 'signIn',
  outcome: 'done',
  ...over,
});

test('says what was done, and what was refused', () => {
  expect(didText(line({}))).toBe('signed in');
  expect(didText(line({ outcome: 'refused' }))).toBe('tried to sign in and was refused');
});

test('an action without words of its own is its name in words', () => {
  expect(didText(line({ action: 'rotateSomeKey' }))).toBe('did: rotate some key');
  expect(didText(line({ action: 'some_event', outcome: 'refused' }))).toBe('tried to some event and was refused');
});

test('says who, by name where there is one', () => {
  expect(whoText({ kind: 'person', name: 'ann' })).toBe('ann');
  expect(whoText({ kind: 'runner', name: 'kitchen-pi' })).toBe('A runner “kitchen-pi”');
  expect(whoText({ kind: 'session', id: 'ses_01c2m9xa4k' })).toBe(`A session …${'2m9xa4k'.slice(-6)}`);
  expect(whoText({ kind: 'anonymous' })).toBe('Somebody unknown');
});

test('tells the look of a browser that is not signed in from what somebody tried', () => {
  const looked = line({
    who: { kind: 'anonymous' },
    action: 'whoAmI',
    outcome: 'refused',
    reason: { code: 'unauthenticated', message: 'whoAmI needs a credential and none was sent' },
  });
  const over = { code: 'unauthenticated', message: 'the sign-in is over; sign in again' } as const;
  expect(isFirstLook(looked)).toBe(true);
  expect(isFirstLook({ ...looked, action: 'refresh' })).toBe(true);
  expect(isFirstLook({ ...looked, reason: over })).toBe(false);
  expect(isFirstLook({ ...looked, action: 'createKey' })).toBe(false);
  expect(isFirstLook({ ...looked, who: { kind: 'key', name: 'ci' } })).toBe(false);
  expect(isFirstLook({ ...looked, outcome: 'done' })).toBe(false);
});
