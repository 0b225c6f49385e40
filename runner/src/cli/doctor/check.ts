/** One finding of `treeline doctor`. */
import type { Cli } from '../cli.ts';
import type { CheckResult } from '../output/words.ts';

export interface Finding {
  readonly check: string;
  readonly result: CheckResult;
  readonly detail: string;
  /** What to do about a warn or fail. */
  readonly fix?: string;
}

/** Never rejects: what goes wrong is its finding. */
export type Check = (cli: Cli) => Promise<Finding[]>;

export const ok = (check: string, detail: string): Finding => ({ check, result: 'ok', detail });
export const warn = (check: string, detail: string, fix: string): Finding => ({ check, result: 'warn', detail, fix });
export const fail = (check: string, detail: string, fix: string): Finding => ({ check, result: 'fail', detail, fix });

export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
