/** What is shown of terminals, of markdown that grows, and of live output. */
import { expect, test } from 'vitest';
import { ansiLines } from './ansi.ts';
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
});

test('live text goes on in the row of its message, under the key that the stored piece will have', () => {
  const row: Row = { key: '1-4', at: 5, kind: 'agent', text: 'Hello', messageId: 'm', plain: false };
  const live = { live: [{ kind: 'agent', text: ' world', messageId: 'm' }], cursor: { epoch: 1, seq: 4 } } as const;
  expect(withLive([row], live)).toEqual([{ ...row, text: 'Hello world', live: true }]);
  const other = { ...live, live: [{ kind: 'agent', text: 'Next', messageId: 'n' }] } as const;
  expect(withLive([row], other).map(({ key }) => key)).toEqual(['1-4', '1-5']);
  expect(withLive([row], { ...live, live: [] })).toEqual([row]);
});
