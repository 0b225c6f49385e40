import { expect, test } from 'vitest';
import { choice, duration, integer, pairs, unless } from './flags.ts';
import { formatAge, parseDuration } from './time.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  ['45', 45_000],
])('the duration %s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 'm', '10 parsecs', '-3s', '1e3'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('an age is one number and its unit', () => {
  expect([0, 59_000, 60_000, 3_599_000, 7_200_000, 200_000_000].map(formatAge)).toEqual([
    '0s',
    '59s',
    '1m',
    '59m',
    '2h',
    '2d',
  ]);
});

test('a value that does not fit its flag is a usage error that names the flag', () => {
  expect(() => integer('-p, --port <n>', '', { min: 0, max: 65_535 }).read('65536')).toThrow(
    /^--port takes a whole number/,
  );
  expect(() => integer('--port <n>', '', { min: 0, max: 10 }).read('0x1')).toThrow('--port');
  expect(() => duration('--timeout <d>', '').read('soon')).toThrow('--timeout');
  expect(() => choice('--state <s>', '', ['live', 'ended']).read('dead')).toThrow('--state is one of live, ended');
  expect(() => pairs('--label <k=v>', '').read(['plain'])).toThrow('--label takes key=value');
});

test('key=value keeps further equal signs in the value', () => {
  expect(pairs('--env <K=V>', '').read(['A=b=c', 'D='])).toEqual({ A: 'b=c', D: '' });
});

test('a --no- flag is true unless it is given', () => {
  expect([undefined, true, false].map(unless('--no-open', '').read)).toEqual([true, true, false]);
});
