/** Results as a table for people or as JSON, each beside its ratio to the baselines of the same run. */

export interface Result {
  readonly scenario: string;
  readonly candidate: string;
  readonly unit: string;
  /** Median over the rounds, where there are several. */
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Run {
  readonly machine: string;
  readonly rounds: number;
  readonly count: number;
  readonly json: boolean;
}

const BASELINES = ['raw ws', 'bare socket.io'];

export function report(results: readonly Result[], { machine, rounds, count, json }: Run): string {
  const rows = results.map((result) => ({ ...result, ratios: ratiosOf(result, results) }));
  if (json) return JSON.stringify({ machine, rounds, events: count, results: rows }, undefined, 2);
  const lines = [`${machine}`, `medians of ${rounds} alternating rounds, ${count} events of 500 bytes each`, ''];
  let scenario = '';
  for (const row of rows.toSorted((a, b) => order(results, a) - order(results, b))) {
    if (row.scenario !== scenario) lines.push(row.scenario);
    scenario = row.scenario;
    const spread =
      row.low === undefined || row.high === undefined ? '' : `  (${format(row.low)} … ${format(row.high)})`;
    const ratios = row.ratios.map(({ to, ratio }) => `${ratio.toFixed(2)} × ${to}`).join(', ');
    lines.push(
      `  ${row.candidate.padEnd(18)} ${`${format(row.value)} ${row.unit}`.padStart(18)}${spread.padEnd(30)} ${ratios}`.trimEnd(),
    );
  }
  return lines.join('\n');
}

/** Scenarios stay together in the order they first came. */
function order(results: readonly Result[], { scenario }: Result): number {
  return results.findIndex((result) => result.scenario === scenario);
}

function ratiosOf(result: Result, results: readonly Result[]): { to: string; ratio: number }[] {
  if (BASELINES.includes(result.candidate)) return [];
  return BASELINES.flatMap((to) => {
    const baseline = results.find(({ scenario, candidate }) => scenario === result.scenario && candidate === to);
    return baseline === undefined ? [] : [{ to, ratio: result.value / baseline.value }];
  });
}

function format(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value < 10 ? 2 : 1);
}
