/** What a run came to, in words. */
import { countOf } from './checker.ts';
import type { RunResult } from './run.ts';

const SHOWN = 60;

export function isGood({ findings, undrained }: RunResult): boolean {
  return findings.violations.length === 0 && undrained.length === 0;
}

export function reportOf(result: RunResult, { store, seed }: { store: string; seed: number }): string {
  const { findings, faults, recoveries, drainMs, undrained, trees } = result;
  const kinds = [...faults].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const total = kinds.reduce((sum, [, times]) => sum + times, 0);
  const [p50, p99] = [0.5, 0.99].map((part) => Math.round(percentile(recoveries, part)));
  return [
    ...findings.violations.slice(0, SHOWN).map(({ wrong, what }) => `${wrong}: ${what}`),
    ...undrained.slice(0, SHOWN).map((what) => `not arrived in time: ${what}`),
    ...kinds.map(([name, times]) => `  ${String(times).padStart(4)} ${name}`),
    `store ${store}, seed ${seed}: ${total} faults of ${faults.size} kinds, ${findings.events} events, ` +
      `${findings.triggers} triggers, ${findings.prompts} prompts, ` +
      `${trees.finished} trees finished, ${trees.stopped} stopped`,
    `${countOf(findings, 'lost')} lost, ${countOf(findings, 'duplicated')} duplicated, ` +
      `${countOf(findings, 'reordered')} reordered, ${countOf(findings, 'wrong')} otherwise wrong`,
    `recovery p50 ${p50} ms, p99 ${p99} ms; drained ${drainMs} ms after the last fault`,
  ].join('\n');
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
