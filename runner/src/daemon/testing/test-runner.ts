/** A runner's folder in a temporary place, and daemons on it: in this process, or in one of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { changeConfig } from '../../home/config.ts';
import { saveCredentials } from '../../home/credentials.ts';
import { openHome, type Home } from '../../home/home.ts';
import { readJson } from '../../process/files.ts';
import { isAlive, killGroup, type ProcessIdentity } from '../../process/identity.ts';
import { sessionPaths, WorkerFile } from '../../process/session-folder.ts';
import { runDaemon, type DaemonHandle, type DaemonOptions } from '../daemon.ts';
import { bundled } from './bundles.ts';

export interface TestRunner {
  readonly home: Home;
  /** A folder that sessions may work in. */
  readonly root: string;
  start(options?: Partial<DaemonOptions>): Promise<DaemonHandle>;
  /** A daemon as a process of its own. */
  spawn(): Promise<ChildProcess>;
  worker(session: string): Promise<ProcessIdentity | undefined>;
  /** Ends everything that was started, and removes the folder. */
  clean(): Promise<void>;
}

/** Nothing of the tests' own environment but this reaches the daemon. */
// oxlint-disable-next-line node/no-process-env -- the edge of the test
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], TREELINE_SECRET: 'not for agents' };

export async function makeTestRunner(relays: string[], key: string): Promise<TestRunner> {
  const base = await mkdtemp(join(tmpdir(), 'treeline-runner-'));
  const home = await openHome(join(base, 'home'));
  const root = await mkdtemp(join(base, 'root-'));
  await saveCredentials(home, { relays, key });
  await changeConfig(home, { roots: [root], capacity: 4 });
  const handles: DaemonHandle[] = [];
  const children: ChildProcess[] = [];

  const worker = async (session: string): Promise<ProcessIdentity | undefined> => {
    const read = await readJson(sessionPaths(join(home.sessions, session)).worker, WorkerFile);
    return read.found ? read.value : undefined;
  };
  return {
    home,
    root,
    worker,
    start: async (options = {}) => {
      const handle = await runDaemon({
        home,
        env,
        version: 'test',
        logger: pino({ level: 'silent' }),
        logPath: join(home.logs, 'daemon.log'),
        workerCommand: [process.execPath, await bundled('worker')],
        ...options,
      });
      handles.push(handle);
      return handle;
    },
    spawn: async () => {
      const child = spawn(process.execPath, [await bundled('daemon'), await bundled('worker')], {
        detached: true,
        env: { ...env, TREELINE_HOME: home.path },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      children.push(child);
      await new Promise<void>((resolve, reject) => {
        child.on('message', (message) => {
          const said = message as { is: string; message?: string };
          if (said.is === 'ready') resolve();
          else if (said.is === 'failed') reject(new Error(said.message));
        });
        child.once('exit', (code, signal) => reject(new Error(`the daemon ended: ${signal ?? code}`)));
      });
      return child;
    },
    clean: async () => {
      for (const handle of handles) await handle.stop({ workers: 'kill' });
      for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
      for (const session of await readdir(home.sessions)) {
        const identity = await worker(session);
        if (identity !== undefined && isAlive(identity)) await killGroup(identity.pid, 'kill');
      }
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Waits until a look finds something. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen within 15 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
