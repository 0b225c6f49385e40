/**
 * What people ask of a runner from elsewhere, and its answers. The runner decides: its own rules are final, and its owner
 * can forbid all of it. Nothing here starts a program of the asker's choosing or reads a file of the asker's choosing.
 */
import { z } from 'zod';
import { Name } from '../vocabulary.ts';

export const MAX_LOG_LINES = 500;

/** A place in the runner's log: which file, known by its beginning, and how far into it. */
export const LogPlace = z.object({ file: z.string().max(64), offset: z.number().int().nonnegative() });
export type LogPlace = z.infer<typeof LogPlace>;

/** One finding of `treeline doctor`. */
export const DoctorFinding = z.object({
  check: z.string().max(100),
  result: z.enum(['ok', 'warn', 'fail']),
  detail: z.string().max(4000),
  /** What to do about a warn or fail. */
  fix: z.string().max(4000).optional(),
});
export type DoctorFinding = z.infer<typeof DoctorFinding>;

export const RunnerOrder = z.discriminatedUnion('do', [
  /** Take no new sessions, until `resume`. */
  z.object({ do: z.literal('pause') }),
  /** Ends a pause or drain that was asked for in this way; one by the machine's owner stays. */
  z.object({ do: z.literal('resume') }),
  /** As pause; the answer says how many sessions are still at work, and asking again says it anew. */
  z.object({ do: z.literal('drain') }),
  z.object({ do: z.literal('rename'), name: Name }),
  /** Runs `treeline doctor` there. */
  z.object({ do: z.literal('doctor') }),
  /** The last lines of the daemon's log, or those after a place, without secrets. */
  z.object({
    do: z.literal('logs'),
    after: LogPlace.optional(),
    lines: z.number().int().min(1).max(MAX_LOG_LINES).default(100),
  }),
]);
export type RunnerOrder = z.infer<typeof RunnerOrder>;

export const RunnerAnswer = z.discriminatedUnion('do', [
  z.object({ do: z.literal('pause'), paused: z.literal(true) }),
  z.object({ do: z.literal('resume'), paused: z.literal(false) }),
  z.object({ do: z.literal('drain'), paused: z.literal(true), busy: z.number().int().nonnegative() }),
  z.object({ do: z.literal('rename'), name: Name }),
  z.object({ do: z.literal('doctor'), findings: z.array(DoctorFinding).max(100) }),
  z.object({
    do: z.literal('logs'),
    /** Each a JSON object as the daemon writes it. */
    lines: z.array(z.string().max(16 * 1024)).max(MAX_LOG_LINES),
    next: LogPlace,
  }),
]);
export type RunnerAnswer = z.infer<typeof RunnerAnswer>;
