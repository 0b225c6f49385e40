/** `treeline _daemon`: the daemon as a process, started by the supervisor. Its exit is a value; its words go to its log. */
import { rename, stat } from 'node:fs/promises';
import { redactSecrets } from '@treeline/shared';
import pino, { type Logger } from 'pino';
import type { Environment } from '../agents/environment.ts';
import { HomeError, openHome } from '../home/home.ts';
import { AlreadyRunning } from '../home/lock.ts';
import type { DaemonReport } from '../supervisor/daemon-report.ts';
import { runDaemon, type DaemonHandle } from './daemon.ts';
import { daemonLogPath } from './log-path.ts';

const LOG_BYTES = 8 * 1024 * 1024;
const LOOK_AT_LOG_MS = 60_000;
const BEAT_MS = 1000;

export interface DaemonMainOptions {
  /** Path of the runner's folder. */
  readonly home: string;
  readonly env: Environment;
  readonly version: string;
  readonly workerCommand: readonly string[];
  /** Milliseconds between writes of the state file; default as configured. */
  readonly stateHeartbeatMs?: number | undefined;
}

/** Runs until it is told to stop. 0: it stopped in order. 1: it could not start, and its report to the supervisor says why. */
export async function daemonMain(options: DaemonMainOptions): Promise<number> {
  let logger: Logger | undefined;
  // Not `connected`: a supervisor that died while this process was loaded has already been noticed by then.
  const supervised = process.send !== undefined;
  const beats = setInterval(() => report({ is: 'alive' }), BEAT_MS);
  report({ is: 'alive' });
  let rotation: NodeJS.Timeout | undefined;
  /** Set while the log cannot be written. */
  let dropWords: (() => void) | undefined;
  try {
    const home = await openHome(options.home);
    const logPath = daemonLogPath(home);
    await keepSmall(logPath);
    const file = pino.destination({ dest: logPath, mode: 0o600 });
    // A full disk costs words, not the daemon; and at its end nobody waits for what cannot be written.
    file.on('error', () => (dropWords = () => file.destroy()));
    file.on('write', () => (dropWords = undefined));
    const redact = ['key', '*.key', 'secret', '*.secret'];
    logger = pino({ base: { pid: process.pid }, redact, hooks: { streamWrite: redactSecrets } }, file);
    rotation = setInterval(() => {
      void keepSmall(logPath)
        .then((renamed) => renamed && file.reopen())
        .catch((error: unknown) => logger?.warn({ err: error }, 'the log could not be put aside'));
    }, LOOK_AT_LOG_MS);
    process.on('uncaughtException', (error) => {
      logger?.fatal({ err: error }, 'the daemon broke');
      logger?.flush();
      process.exit(1);
    });
    const daemon = await runDaemon({ ...options, home, logger, logPath });
    stopWhenTold(daemon);
    // The supervisor may have died while this process was loaded.
    if (supervised && !process.connected) void daemon.stop({ workers: 'leave' });
    report({ is: 'ready', pid: process.pid });
    await daemon.stopped;
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    logger?.fatal({ err: error }, 'the daemon could not start');
    report({ is: 'failed', message, forGood: error instanceof HomeError || error instanceof AlreadyRunning });
    return 1;
  } finally {
    clearInterval(beats);
    clearInterval(rotation);
    if (dropWords === undefined) logger?.flush();
    else dropWords();
    if (process.connected) process.disconnect();
  }
}

/** A log that has grown large becomes `<log>.1`, in place of an earlier one. Resolves with whether it did. */
async function keepSmall(path: string): Promise<boolean> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= LOG_BYTES) return false;
  await rename(path, `${path}.1`);
  return true;
}

/** Sessions go on: whoever wants them to end says so over the control socket. */
function stopWhenTold(daemon: DaemonHandle): void {
  const stop = (): void => void daemon.stop({ workers: 'leave' });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => undefined);
  process.on('disconnect', stop);
}

function report(said: DaemonReport): void {
  if (process.connected) process.send?.(said);
}
