/** Results as a table for people or as JSON: each with its range, its ratios in the same run, and how it stands to its targets. */
import { FIGURES, type Figure, type FigureId, SOCKET_IO, type Target, WS, WS_FILE, WS_REDIS } from './figures.ts';
import type { Result } from './samples.ts';

export interface Run {
  readonly machine: string;
  readonly settings: string;
  /** Share of the machine that others used: median and most. */
  readonly foreign: { readonly median: number; readonly most: number };
  readonly seconds: number;
}

type Standing = 'goal' | 'must' | 'MISSED';

interface Verdict {
  readonly standing: Standing;
  /** What was judged: the value, or its ratio. */
  readonly judged: number;
  readonly must: number | undefined;
  readonly goal: number | undefined;
  /** Candidate that the ratio is to; undefined: the value itself was judged. */
  readonly against: string | undefined;
}

/** Whom the others are compared with. */
const BASELINES: readonly string[] = [WS, SOCKET_IO];
/** Nobody judges them. */
const FLOORS: readonly string[] = [...BASELINES, WS_FILE, WS_REDIS];

export interface Judged extends Result {
  readonly title: string;
  readonly unit: string;
  readonly ratios: readonly { readonly to: string; readonly ratio: number }[];
  readonly verdicts: readonly Verdict[];
}

export function judge(results: readonly Result[]): Judged[] {
  const order = Object.keys(FIGURES);
  return results
    .map((result) => {
      const figure: Figure = FIGURES[result.figure];
      return {
        ...result,
        title: figure.title,
        unit: figure.unit,
        ratios: ratiosOf(result, results),
        verdicts: (figure.targets ?? []).flatMap((target) => verdictOf(target, result, results)),
      };
    })
    .toSorted((a, b) => order.indexOf(a.figure) - order.indexOf(b.figure));
}

export function asJson(judged: readonly Judged[], run: Run): string {
  return JSON.stringify({ ...run, results: judged }, undefined, 2);
}

export function asText(judged: readonly Judged[], { machine, settings, foreign, seconds }: Run): string {
  const lines = [
    machine,
    settings,
    `others used ${percent(foreign.median)} of the machine (median of the samples; at most ${percent(foreign.most)})`,
    `took ${Math.round(seconds)} s`,
  ];
  let figure: FigureId | undefined;
  for (const row of judged) {
    if (row.figure !== figure) lines.push('', row.title);
    figure = row.figure;
    const range = row.samples > 1 ? `(${format(row.low)} … ${format(row.high)})` : '';
    const noisy = row.noisy === 0 ? '' : `~${row.noisy}/${row.samples} noisy`;
    const ratios = row.ratios.map(({ to, ratio }) => `${ratio.toFixed(2)} × ${to}`).join(', ');
    const verdicts = row.verdicts.map(inWords).join('; ');
    const cells = [
      `  ${row.candidate.padEnd(26)}`,
      `${format(row.value)} ${row.unit}`.padStart(18),
      range.padEnd(22),
      noisy.padEnd(15),
      ratios.padEnd(42),
      verdicts,
    ];
    lines.push(cells.join(' ').trimEnd());
  }
  const missed = judged.filter(({ verdicts }) => verdicts.some(({ standing }) => standing === 'MISSED'));
  const all = judged.filter(({ verdicts }) => verdicts.length > 0);
  lines.push('', `${all.length - missed.length} of ${all.length} judged figures reach what they must.`);
  return lines.join('\n');
}

function inWords({ standing, judged, must, goal, against }: Verdict): string {
  const what = against === undefined ? '' : `${judged.toFixed(2)} × ${against}: `;
  const limits = [must === undefined ? '' : `must ${format(must)}`, goal === undefined ? '' : `goal ${format(goal)}`];
  const word = standing === 'must' && goal === undefined ? 'met' : standing;
  return `${what}${word} (${limits.filter((it) => it !== '').join(', ')})`;
}

function ratiosOf(result: Result, results: readonly Result[]): Judged['ratios'] {
  if (BASELINES.includes(result.candidate)) return [];
  return BASELINES.flatMap((to) => {
    const baseline = find(results, result.figure, to);
    return baseline === undefined ? [] : [{ to, ratio: result.value / baseline.value }];
  });
}

function verdictOf(target: Target, result: Result, results: readonly Result[]): Verdict[] {
  if (FLOORS.includes(result.candidate) || target.of?.test(result.candidate) === false) return [];
  const { against, plus, better } = target;
  const base =
    against === undefined
      ? undefined
      : find(results, against.figure ?? result.figure, against.candidate ?? result.candidate);
  if (against !== undefined && base === undefined) return [];
  const isSum = plus !== undefined;
  const judged = base === undefined || isSum ? result.value : result.value / base.value;
  const limit = (factor: number | undefined, more: number | undefined) =>
    factor === undefined ? undefined : isSum && base !== undefined ? factor * base.value + (more ?? 0) : factor;
  const must = limit(target.must, plus?.must);
  const goal = limit(target.goal, plus?.goal);
  const reaches = (bound: number | undefined) =>
    bound !== undefined && (better === 'less' ? judged <= bound : judged >= bound);
  const standing = reaches(goal) ? 'goal' : reaches(must) ? 'must' : 'MISSED';
  return [{ standing, judged, must, goal, against: isSum ? undefined : base?.candidate }];
}

function find(results: readonly Result[], figure: FigureId, candidate: string): Result | undefined {
  return results.find((result) => result.figure === figure && result.candidate === candidate);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function format(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
