/** Columns under plain headings: aligned, borderless, cut to the terminal's width in the one column that may be long. */
import { stripVTControlCharacters } from 'node:util';
import type { Look } from './output.ts';
import { safeColored } from './safe.ts';

export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  /** May be cut to make the table fit. */
  readonly flexible?: boolean;
}

const GAP = 2;
const NARROWEST = 12;

/** Lines of the table, heading first; none when there are no rows. Columns that are empty in every row are left out. */
export async function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  look: Look,
): Promise<string[]> {
  if (rows.length === 0) return [];
  const { default: Table } = await import('cli-table3');
  const shown = columns.filter((column) => rows.some((row) => column.cell(row) !== ''));
  const cells = rows.map((row) => shown.map((column) => clean(column.cell(row))));
  const widths = shown.map((column, at) =>
    Math.max(...[column.heading, ...cells.map((row) => row[at] ?? '')].map(textWidth)),
  );
  const table = new Table({
    head: shown.map(({ heading }) => look.colors.dim(heading)),
    colWidths: fit(
      widths,
      shown.map(({ flexible }) => flexible === true),
      look.width,
    ).map((width) => width + GAP),
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    truncate: look.symbols.ellipsis,
  });
  table.push(...cells);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** Widths with the flexible columns narrowed, evenly, until the sum fits or they are as narrow as is of use. */
export function fit(widths: readonly number[], flexible: readonly boolean[], available: number): number[] {
  const fitted = [...widths];
  const total = () => fitted.reduce((sum, width) => sum + width + GAP, -GAP);
  for (let over = total() - available; over > 0; over = total() - available) {
    const widest = fitted.reduce(
      (best, width, at) => (flexible[at] === true && width > (fitted[best] ?? 0) ? at : best),
      flexible.indexOf(true),
    );
    if (widest < 0 || (fitted[widest] ?? 0) <= NARROWEST) break;
    fitted[widest] = Math.max(NARROWEST, (fitted[widest] ?? 0) - over);
  }
  return fitted;
}

function clean(cell: string): string {
  return safeColored(cell).replace(/\s*[\n\t]+\s*/g, ' ');
}

function textWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
