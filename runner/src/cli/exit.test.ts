import { ErrorCode, ERRORS, TreelineError } from '@treeline/shared';
import { expect, test } from 'vitest';
import { RelayProblem, RelayUnreachable } from '../client/problems.ts';
import { HomeError } from '../home/home.ts';
import { EXIT, exitCodeOf, failureOf, usageError } from './exit.ts';

const BY_STATUS: Readonly<Record<number, number>> = {
  400: EXIT.usage,
  401: EXIT.notAllowed,
  403: EXIT.notAllowed,
  404: EXIT.notFound,
};

test('every code of the catalogue has the exit code of its kind, and none is a success', () => {
  for (const code of ErrorCode.options) {
    expect(exitCodeOf(code), code).toBe(BY_STATUS[ERRORS[code].status] ?? exitCodeOf(code));
    expect(exitCodeOf(code), code).not.toBe(EXIT.ok);
  }
});

test.each([
  ['already_answered', 6],
  ['not_found', 3],
  ['forbidden', 4],
  ['unavailable', 5],
  ['no_runner', 8],
  ['internal', 1],
] as const)('%s ends with %i', (code, exit) => {
  expect(exitCodeOf(code)).toBe(exit);
});

test('a problem keeps the words and the request id of the relay', () => {
  const problem = new RelayProblem({ code: 'conflict', message: 'm', hint: 'h', requestId: 'req_1' });
  expect(failureOf(problem)).toEqual({ exit: 6, code: 'conflict', message: 'm', hint: 'h', requestId: 'req_1' });
});

test('an error of the catalogue without a hint takes the catalogue’s', () => {
  expect(failureOf(new TreelineError('not_found', 'gone'))).toMatchObject({ exit: 3, hint: ERRORS.not_found.hint });
});

test('a relay that is not there ends with 5, a wrong word with 2, a folder with 1', () => {
  expect(failureOf(new RelayUnreachable('http://x', 'refused'))).toMatchObject({ exit: 5, code: 'unreachable' });
  expect(failureOf(usageError('no'))).toMatchObject({ exit: 2, code: 'usage' });
  expect(failureOf(new HomeError('no'))).toMatchObject({ exit: 1 });
  expect(failureOf('a text')).toMatchObject({ exit: 1, message: 'a text' });
});
