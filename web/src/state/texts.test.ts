import { expect, test } from 'vitest';
import { diffLines } from './diff.ts';
import { inline, plainText } from './plain-text.ts';
import { countdown, durationText, spanText } from './time.ts';

test('terminal output loses its colours, and a line written over shows its last state', () => {
  expect(plainText('\u001B[32m✓\u001B[0m ok\n10 %\r50 %\r100 %\r\n\u001B]0;title\u0007end')).toBe('✓ ok\n100 %\nend');
});

test('a preview has the words of markdown without its marks', () => {
  expect(inline('## Move *it*\n1. Split `guide.md`\n- **Risk**: snake_case_name stays')).toBe(
    'Move it 1. Split guide.md Risk: snake_case_name stays',
  );
});

test('a diff shows what changed, with three lines around it', () => {
  const before = ['1', '2', '3', '4', 'old', '6'].join('\n');
  expect(diffLines(before, before.replace('old', 'new')).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'skipped 1 unchanged line',
    'same 2',
    'same 3',
    'same 4',
    'removed old',
    'added new',
    'same 6',
  ]);
  expect(diffLines('', 'a')).toEqual([{ kind: 'added', text: 'a' }]);
  expect(diffLines('a', 'a').every(({ kind }) => kind === 'same')).toBe(true);
});

test('times are short', () => {
  expect([spanText(12_000), spanText(4 * 60_000), spanText(3 * 3_600_000), spanText(50 * 3_600_000)]).toEqual([
    '12s',
    '4m',
    '3h',
    '2d',
  ]);
  expect([countdown(125_000, 0), countdown(0, 5), countdown(3_600_000 * 2, 0)]).toEqual(['2:05', '0:00', '2 h 0 m']);
  expect([durationText(850), durationText(4_210), durationText(190_000)]).toEqual(['850 ms', '4.2 s', '3 m 10 s']);
});
