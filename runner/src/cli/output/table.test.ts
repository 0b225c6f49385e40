import { expect, test } from 'vitest';
import pc from 'picocolors';
import { fit, renderTable } from './table.ts';
import { PLAIN } from './testing.ts';

interface Row {
  readonly a: string;
  readonly b: string;
  readonly c: string;
}

const columns = [
  { heading: 'A', cell: ({ a }: Row) => a },
  { heading: 'B', flexible: true, cell: ({ b }: Row) => b },
  { heading: 'C', cell: ({ c }: Row) => c },
];

test('columns are aligned under their headings', async () => {
  const rows = [
    { a: 'one', b: 'x', c: '1' },
    { a: 'three', b: 'yyy', c: '22' },
  ];
  expect(await renderTable(rows, columns, PLAIN)).toEqual(['A      B    C', 'one    x    1', 'three  yyy  22']);
});

test('a column that is empty everywhere is left out, and no rows are no lines', async () => {
  expect(await renderTable([{ a: '1', b: '', c: '2' }], columns, PLAIN)).toEqual(['A  C', '1  2']);
  expect(await renderTable([], columns, PLAIN)).toEqual([]);
});

test('only the flexible column is cut to the width of the terminal', async () => {
  const lines = await renderTable([{ a: 'aaaa', b: 'b'.repeat(80), c: 'cccc' }], columns, { ...PLAIN, width: 40 });
  expect(lines.every((line) => line.length <= 40)).toBe(true);
  expect(lines[1]).toMatch(/^aaaa {2}b+… +cccc$/);
});

test('wide signs and colours do not shift what follows', async () => {
  const rows = [
    { a: pc.createColors(true).red('red'), b: '日本', c: '1' },
    { a: 'xx', b: 'yyyy', c: '2' },
  ];
  const [, first, second] = await renderTable(rows, columns, PLAIN);
  expect(first?.endsWith('日本  1')).toBe(true);
  expect(second).toBe('xx   yyyy  2');
});

test('a cell is one line and moves no cursor', async () => {
  const [, line] = await renderTable([{ a: 'up\u001b[2J\u0007', b: 'two\nlines', c: 'c' }], columns, PLAIN);
  expect(line).toBe('up[2J  two lines  c');
});

test('what cannot fit stays readable', () => {
  expect(fit([10, 50], [false, true], 30)).toEqual([10, 18]);
  expect(fit([10, 50], [false, true], 5)).toEqual([10, 12]);
  expect(fit([10, 20], [false, false], 5)).toEqual([10, 20]);
  expect(fit([40, 60], [true, true], 60)).toEqual([40, 18]);
});
