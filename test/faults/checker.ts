/**
 * Judges a run by its evidence. Pure. Acknowledged means there, once, in order: prompts, tells, answers, triggers and
 * events; each log whole and equal to the spool it came from; each viewer's stream a gapless prefix of it.
 */
import type { Evidence } from './history.ts';
import { checkInboxes } from './check/inboxes.ts';
import { checkLogs } from './check/logs.ts';
import { withoutLost } from './check/losses.ts';
import { checkTriggers } from './check/triggers.ts';
import { checkViewers } from './check/viewers.ts';

export type Wrong = 'lost' | 'duplicated' | 'reordered' | 'wrong';

export interface Violation {
  readonly wrong: Wrong;
  readonly what: string;
}

export interface Findings {
  readonly violations: readonly Violation[];
  readonly events: number;
  readonly triggers: number;
  readonly prompts: number;
}

/** Notes a violation. */
export type Report = (wrong: Wrong, what: string) => void;

/** `seen`: what was seen to be wrong on the way. */
export function check(all: Evidence, seen: readonly string[] = []): Findings {
  const evidence = withoutLost(all);
  const violations: Violation[] = seen.map((what) => ({ wrong: 'wrong', what }));
  const report: Report = (wrong, what) => void violations.push({ wrong, what });
  const events = checkLogs(evidence, report);
  checkInboxes(evidence, report);
  checkTriggers(evidence, report);
  checkViewers(evidence, report);
  const prompts = evidence.ops.filter(({ op, outcome }) => op === 'send' && outcome === 'ok').length;
  return { violations, events, triggers: evidence.triggers.length, prompts };
}

export function countOf({ violations }: Findings, wrong: Wrong): number {
  return violations.filter((violation) => violation.wrong === wrong).length;
}
