/** The curves of growth as SVG: one line a store over a logarithmic axis, from the very results of the run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FigureId } from './figures.ts';
import type { Judged } from './report.ts';

const WIDTH = 640;
const HEIGHT = 320;
const LEFT = 64;
const RIGHT = 24;
const TOP = 48;
const BOTTOM = 48;
const COLOURS = ['#2563eb', '#d97706', '#059669'];
const TICKS = 4;

interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly along: string;
  readonly lines: readonly Line[];
}

const CURVES: readonly { readonly figure: FigureId; readonly file: string; readonly along: 'sessions' | 'relays' }[] = [
  { figure: 'growth.event', file: 'growth-event.svg', along: 'sessions' },
  { figure: 'growth.list', file: 'growth-list.svg', along: 'sessions' },
  { figure: 'growth.tree', file: 'growth-tree.svg', along: 'sessions' },
  { figure: 'growth.relays', file: 'growth-relays.svg', along: 'relays' },
];

/** Writes a file for each curve that the run has measured. */
export async function drawGrowth(judged: readonly Judged[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { figure, file, along } of CURVES) {
    const rows = judged.filter((row) => row.figure === figure);
    const [first] = rows;
    if (first === undefined) continue;
    const lines = new Map<string, Line['points'][number][]>();
    for (const { candidate, value } of rows) {
      const [, store = 'redis', amount = '0'] = /^(?:(\w+), )?(\d+) /.exec(candidate) ?? [];
      lines.set(store, [...(lines.get(store) ?? []), { x: Number(amount), y: value }]);
    }
    const chart = {
      title: first.title,
      unit: first.unit,
      along,
      lines: [...lines].map(([name, points]) => ({ name, points: points.toSorted((a, b) => a.x - b.x) })),
    };
    await writeFile(join(folder, file), draw(chart));
  }
}

export function draw({ title, unit, along, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(({ x }) => x))].toSorted((a, b) => a - b);
  const [low, high] = [Math.log(xs[0] ?? 1), Math.log(xs.at(-1) ?? 1)];
  const top = niceAbove(Math.max(...points.map(({ y }) => y)));
  const px = (x: number) => LEFT + ((Math.log(x) - low) / (high - low || 1)) * (WIDTH - LEFT - RIGHT);
  const py = (y: number) => HEIGHT - BOTTOM - (y / top) * (HEIGHT - TOP - BOTTOM);
  const at = (value: number) => value.toFixed(1);
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="22" font-size="15" font-weight="600">${title}</text>`,
    `<text x="${LEFT}" y="39" font-size="12" fill="#6b7280">${unit}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" font-size="12" fill="#6b7280" text-anchor="end">${along}</text>`,
  ];
  for (let i = 0; i <= TICKS; i++) {
    const y = (top / TICKS) * i;
    parts.push(`<path d="M${LEFT} ${at(py(y))}H${WIDTH - RIGHT}" stroke="#e5e7eb"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${at(py(y) + 4)}" font-size="12" text-anchor="end">${short(y)}</text>`);
  }
  for (const x of xs)
    parts.push(
      `<text x="${at(px(x))}" y="${HEIGHT - BOTTOM + 18}" font-size="12" text-anchor="middle">${x.toLocaleString('en-US')}</text>`,
    );
  for (const [i, { name, points: own }] of lines.entries()) {
    const colour = COLOURS[i % COLOURS.length] ?? '#000000';
    const path = own.map(({ x, y }) => `${at(px(x))} ${at(py(y))}`).join('L');
    parts.push(`<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const { x, y } of own) parts.push(`<circle cx="${at(px(x))}" cy="${at(py(y))}" r="3" fill="${colour}"/>`);
    const label = WIDTH - RIGHT - 100 * (lines.length - i);
    parts.push(`<path d="M${label} 35h18" stroke="${colour}" stroke-width="2"/>`);
    parts.push(`<text x="${label + 24}" y="39" font-size="12">${name}</text>`);
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" fill="#111827" role="img" aria-label="${title}, ${unit}">`;
  return `${[svg, ...parts, '</svg>'].join('\n')}\n`;
}

/** The next of 1, 2, 4, 5, 10 … times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

function short(value: number): string {
  return value >= 10 || value === 0 ? String(Math.round(value)) : String(Math.round(value * 100) / 100);
}
