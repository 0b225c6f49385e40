/** One finding of `treeline doctor`. */
import type { DoctorFinding } from '@treeline/shared';
import type { Cli } from '../cli.ts';

export type Finding = DoctorFinding;

/** Never rejects: what goes wrong is its finding. */
export type Check = (cli: Cli) => Promise<Finding[]>;

export const ok = (check: string, detail: string): Finding => ({ check, result: 'ok', detail });
export const warn = (check: string, detail: string, fix: string): Finding => ({ check, result: 'warn', detail, fix });
export const fail = (check: string, detail: string, fix: string): Finding => ({ check, result: 'fail', detail, fix });

export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
