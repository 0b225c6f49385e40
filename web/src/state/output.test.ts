/** What is shown of terminals, of markdown that grows, and of live output. */
import { expect, test } from 'vitest';
import { ansiLines } from './ansi.ts';
import { finishedMessages } from './finished.ts';
import { lastRows } from './last-rows.ts';
import { withLive } from './live.ts';
import { blocksOf } from './markdown-blocks.ts';
import type { Row } from './rows.ts';

test('colours of a terminal are kept, over lines too; moves and markup are not', () => {
  const lines = ansiLines('\u001B[31;1mred\nstill\u001B[0m <b>x</b>\u001B[2K\nold\rnew\u001B[38;2;1;2;3m true');
  expect(lines.map((spans) => spans.map(({ text, colour, bold }) => [text, colour, bold]))).toEqual([
    [['red', 'ansi-red', true]],
    [
      ['still', 'ansi-red', true],
      [' <b>x</b>', undefined, false],
    ],
    [
      ['new', undefined, false],
      [' true', undefined, false],
    ],
  ]);
});

test('long markdown is cut between plain paragraphs only', () => {
  const paragraph = `${'word '.repeat(200)}\n\n`;
  const code = `\`\`\`\n${'code\n\n'.repeat(400)}\`\`\`\n\n`;
  const list = `- one\n\n- two\n\n  more\n\n`.repeat(60);
  const text = paragraph.repeat(5) + code + list + paragraph.repeat(3);
  const blocks = blocksOf(text);
  expect(blocks.join('')).toBe(text);
  expect(blocks.length).toBeGreaterThan(2);
  for (const block of blocks) expect((block.match(/```/g) ?? []).length % 2).toBe(0);
  for (const block of blocks.slice(1)) expect(block).toMatch(/^word/);
  expect(blocksOf('short')).toEqual(['short']);
  const defines = `${paragraph.repeat(5)}[1]: https://example.org\n`;
  expect(blocksOf(defines)).toEqual([defines]);
});

test('live text goes on in the row of its message, under the key that the stored piece will have', () => {
  const row: Row = { key: '1-4', at: 5, kind: 'agent', text: 'Hello', messageId: 'm', plain: false };
  const live = { live: [{ kind: 'agent', text: ' world', messageId: 'm' }], cursor: { epoch: 1, seq: 4 } } as const;
  expect(withLive([row], live)).toEqual([{ ...row, text: 'Hello world', live: true }]);
  const other = { ...live, live: [{ kind: 'agent', text: 'Next', messageId: 'n' }] } as const;
  expect(withLive([row], other).map(({ key }) => key)).toEqual(['1-4', '1-5']);
  expect(withLive([row], { ...live, live: [] })).toEqual([row]);
});

const agentRow = (key: string, text: string): Row => ({
  key,
  at: 5,
  kind: 'agent',
  text,
  messageId: key,
  plain: false,
});

test('a message is said aloud when it grows no more, and of a long one its beginning', () => {
  const rows = [agentRow('1-1', 'Before'), agentRow('1-2', 'x'.repeat(9_000)), agentRow('1-3', 'Grows')];
  const said = (resting: Row | undefined) =>
    finishedMessages(rows, { since: '1-1', resting }).map(({ key, text }) => [key, text.length]);
  expect(said(undefined)).toEqual([['1-2', 1_000]]);
  expect(said(agentRow('1-3', 'Gro'))).toEqual([['1-2', 1_000]]);
  expect(said(rows[2])).toEqual([
    ['1-2', 1_000],
    ['1-3', 5],
  ]);
});

test('the end of a transcript holds so many rows and so much text, and its last row in any case', () => {
  const rows = ['aaaa', 'bbbb', 'cccc'].map((text, at) => agentRow(`1-${at}`, text));
  const keys = (count: number, chars: number) => lastRows(rows, { count, chars }).map(({ key }) => key);
  expect(keys(3, 12)).toEqual(['1-0', '1-1', '1-2']);
  expect(keys(3, 11)).toEqual(['1-1', '1-2']);
  expect(keys(1, 12)).toEqual(['1-2']);
  expect(keys(3, 1)).toEqual(['1-2']);
  expect(lastRows([], { count: 3, chars: 3 })).toEqual([]);
});
