import { expect, test } from 'vitest';
import { withDefaultCommand } from './run.ts';

test.each([
  [[], ['up']],
  [
    ['--port', '0'],
    ['up', '--port', '0'],
  ],
  [
    ['--data-dir', 'x', '--json'],
    ['up', '--data-dir', 'x', '--json'],
  ],
  [['--no-open'], ['up', '--no-open']],
])('without a command, %j is %j', (given, meant) => {
  expect(withDefaultCommand(given)).toEqual(meant);
});

test.each([
  [['session', 'ls']],
  [['--data-dir', 'x', 'session', 'ls']],
  [['--json', 'version']],
  [['--help']],
  [['-V']],
  [['sesion']],
])('%j stays as it is', (given) => {
  expect(withDefaultCommand(given)).toEqual(given);
});
