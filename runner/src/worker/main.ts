/** The worker: one detached process per session, `treeline _worker <folder>`. It drives the session's agent and outlives its daemon. */
import { appendFileSync, copyFileSync, realpathSync, statSync, truncateSync } from 'node:fs';
import { killGroup, identify, isAlive } from '../process/identity.ts';
import { readJson, writeJson } from '../process/files.ts';
import { isDiskFull } from '../process/reserve.ts';
import { SessionFile, WorkerFile, sessionPaths } from '../process/session-folder.ts';
import { openSession } from './open-session.ts';
import { SessionWorker } from './session-worker.ts';

const LOG_BYTES = 1024 * 1024;

/**
 * Runs the session of a folder to the end of its attempt, then ends this process with everything it started.
 * Exit code 0: the attempt has its last record. 1: it broke; its daemon writes the end.
 */
export async function runWorker(folder: string): Promise<never> {
  const log = openLog(sessionPaths(folder).workerLog);
  const fail = (error: unknown): void => {
    log(`broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    void leave(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    await claim(folder);
    const session = await openSession({ folder, onFailure: fail });
    // oxlint-disable-next-line node/no-process-env -- the one place where a worker reads it
    const worker = new SessionWorker({ session, env: process.env, log, onFailure: fail });
    process.on('SIGTERM', () => void worker.stop('stop', 'The worker was asked to end by SIGTERM.'));
    process.on('SIGINT', () => log('SIGINT is ignored: a worker ends by its inbox, its daemon or SIGTERM'));
    process.on('SIGHUP', () => log('SIGHUP is ignored: a worker has no terminal'));
    log(`runs as ${process.pid}`);
    await worker.run();
    log('is over');
    return await leave(0);
  } catch (error) {
    log(`broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return leave(1);
  }
}

/** Says in worker.json who runs this session. Rejects when another living process does. */
async function claim(folder: string): Promise<void> {
  const paths = sessionPaths(folder);
  const earlier = await readJson(paths.worker, WorkerFile);
  if (earlier.found && earlier.value.pid !== process.pid && isAlive(earlier.value)) {
    throw new Error(`process ${earlier.value.pid} already runs this session`);
  }
  const spec = await readJson(paths.spec, SessionFile);
  const identity = identify(process.pid);
  if (!spec.found || identity === undefined) throw new Error(`${folder} holds no session`);
  await writeJson(paths.worker, { ...identity, attempt: spec.value.assignment.attempt, startedAt: Date.now() });
}

/** No process that the agent left behind outlives its session. */
async function leave(code: number): Promise<never> {
  await killGroup(process.pid, 'kill');
  process.exit(code);
}

/** A log that has grown large becomes `<log>.1`. It is copied and emptied, for this process's stderr is appended to it too. */
function openLog(path: string): (text: string) => void {
  return (text) => {
    try {
      append(text);
    } catch (error) {
      // A full disk costs words, not the session.
      if (!isDiskFull(error)) throw error;
    }
  };
  function append(text: string): void {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) {
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
    }
    appendFileSync(path, `${new Date().toISOString()} ${text}\n`, { mode: 0o600 });
  }
}

/** As a bundle of its own, dist/worker.mjs <folder>, it runs at once; imported, it waits to be called. */
const [, program, folder] = process.argv;
if (program !== undefined && folder !== undefined && realpathSync(program) === import.meta.filename)
  await runWorker(folder);
