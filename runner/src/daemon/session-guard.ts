/** Looks at every live session from time to time, and stops one that has passed its limits. */
import type { SessionLimits } from '@treeline/shared';
import type { Logger } from 'pino';
import { limitReached, tighter } from '../resources/limits.ts';
import { memoryOf } from '../resources/usage.ts';
import { ageOf, type ProcessIdentity } from '../process/identity.ts';
import type { RunnerSession } from './session.ts';
import { activityOf } from './session-activity.ts';

const EVERY_MS = 5000;

export interface SessionGuardOptions {
  readonly live: () => readonly RunnerSession[];
  /** Of this runner; a session may have tighter ones. */
  readonly limits: SessionLimits;
  readonly logger: Logger;
}

/** Begins to look; the returned function ends it. */
export function guardSessions(options: SessionGuardOptions): () => void {
  const stopping = new Set<RunnerSession>();
  const clocks = new WeakMap<ProcessIdentity, Clocks>();
  const timer = setInterval(() => {
    look(options, { stopping, clocks }).catch((error: unknown) =>
      options.logger.error({ err: error }, 'the limits of sessions could not be looked at'),
    );
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/**
 * When a worker was started, as the kernel has it, and since when it is idle, as far as this daemon has seen. No clock
 * that is set can touch them.
 */
interface Clocks {
  /** On the monotonic clock; the past may be before its zero. */
  readonly startedAt: number;
  idleAt: number | undefined;
}

interface Seen {
  readonly stopping: Set<RunnerSession>;
  readonly clocks: WeakMap<ProcessIdentity, Clocks>;
}

async function look({ live, limits, logger }: SessionGuardOptions, { stopping, clocks }: Seen): Promise<void> {
  const limited = live()
    .map((session) => ({ session, own: tighter(limits, session.assignment.limits) }))
    .filter(({ session, own }) => Object.keys(own).length > 0 && !stopping.has(session));
  if (limited.length === 0) return;
  const needMemory = limited.filter(({ own }) => own.memoryBytes !== undefined);
  const memory = await memoryOf(needMemory.flatMap(({ session }) => session.process?.pid ?? []));
  for (const { session, own } of limited) {
    const { state } = await activityOf(session.paths);
    const worker = session.process;
    if (worker === undefined) continue;
    const now = performance.now();
    const clock = clocks.get(worker) ?? { startedAt: now - ageOf(worker), idleAt: undefined };
    clock.idleAt = state === 'idle' ? (clock.idleAt ?? now) : undefined;
    clocks.set(worker, clock);
    const why = limitReached(own, {
      memoryBytes: memory.get(worker.pid),
      ageMs: now - clock.startedAt,
      idleMs: clock.idleAt === undefined ? undefined : now - clock.idleAt,
    });
    if (why === undefined) continue;
    logger.warn({ session: session.id }, `session stopped: ${why}`);
    stopping.add(session);
    session
      .end(why)
      .catch((error: unknown) => logger.error({ session: session.id, err: error }, 'it could not be stopped'))
      .finally(() => stopping.delete(session));
  }
}
