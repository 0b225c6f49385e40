/** Looks at every live session from time to time, and stops one that has passed its limits. */
import type { SessionLimits } from '@treeline/shared';
import type { Logger } from 'pino';
import { limitReached, tighter } from '../resources/limits.ts';
import { memoryOf } from '../resources/usage.ts';
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
  const timer = setInterval(() => {
    look(options, stopping).catch((error: unknown) =>
      options.logger.error({ err: error }, 'the limits of sessions could not be looked at'),
    );
  }, EVERY_MS);
  return () => clearInterval(timer);
}

async function look({ live, limits, logger }: SessionGuardOptions, stopping: Set<RunnerSession>): Promise<void> {
  const limited = live()
    .map((session) => ({ session, own: tighter(limits, session.assignment.limits) }))
    .filter(({ session, own }) => Object.keys(own).length > 0 && !stopping.has(session));
  if (limited.length === 0) return;
  const needMemory = limited.filter(({ own }) => own.memoryBytes !== undefined);
  const memory = await memoryOf(needMemory.flatMap(({ session }) => session.process?.pid ?? []));
  for (const { session, own } of limited) {
    const { state, changedAt, startedAt } = await activityOf(session.paths);
    const why = limitReached(own, {
      memoryBytes: memory.get(session.process?.pid ?? 0),
      ageMs: Date.now() - (startedAt ?? Date.now()),
      idleMs: state === 'idle' ? Date.now() - changedAt : undefined,
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
