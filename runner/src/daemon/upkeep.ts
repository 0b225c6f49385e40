/** What the daemon does with its sessions' folders every now and then. */
import type { Logger } from 'pino';
import { type RetentionOptions, sweep } from './retention.ts';
import type { RunnerSession } from './session.ts';

const SAVE_MS = 5000;
const SWEEP_MS = 60_000;

/** Writes down how far the relay has each log, and removes what was kept long enough. Ends with the call of its result. */
export function keepUp(options: RetentionOptions<RunnerSession>): () => void {
  const { sessions, logger } = options;
  const timers = [
    setInterval(() => void saveAll(sessions.all, logger), SAVE_MS),
    setInterval(() => void sweepAll(options), SWEEP_MS),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

async function saveAll(sessions: readonly RunnerSession[], logger: Logger): Promise<void> {
  for (const session of sessions) {
    await session.save().catch((error: unknown) => {
      logger.warn({ session: session.id, err: error }, 'how far the relay has the log could not be written down');
    });
  }
}

async function sweepAll(options: RetentionOptions<RunnerSession>): Promise<void> {
  try {
    await sweep(options, SWEEP_MS);
  } catch (error) {
    options.logger.error({ err: error }, 'ended sessions could not be cleaned up');
  }
}
