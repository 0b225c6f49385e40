/**
 * Keeps a daemon running for a folder:
 *
 *   starting ──► running ──► (crash) waiting ──► starting …
 *      └────────────┴───────────────┴──► over: stopped, or given up with a reason
 *
 * The daemon has a process group of its own, so that a Ctrl-C at the terminal reaches the supervisor alone, which then
 * stops it in order. When the supervisor dies, the daemon stops by itself and leaves the sessions running.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../agents/environment.ts';
import type { WorkersAtStop } from '../daemon/control-server.ts';
import { askDaemon } from '../home/control-client.ts';
import type { Home } from '../home/home.ts';
import { DaemonReport } from './daemon-report.ts';
import { afterCrash, type Crash } from './restarts.ts';

export type SupervisorEvent =
  | { readonly type: 'ready'; readonly pid: number }
  | { readonly type: 'crashed'; readonly how: string; readonly restartInMs: number };

/** How the supervision ended. */
export type SupervisorExit =
  | { readonly how: 'stopped' }
  /** `why` is for a person: what went wrong, and where to look. */
  | { readonly how: 'gave_up'; readonly why: string };

export interface SuperviseOptions {
  readonly home: Home;
  /** Program and arguments of the daemon, e.g. [node, treeline.mjs, _daemon]. */
  readonly command: readonly string[];
  readonly env: Environment;
  /** Where the daemon logs; named when it is given up. */
  readonly logPath: string;
  readonly onEvent?: ((event: SupervisorEvent) => void) | undefined;
  /** A daemon that has said nothing for so many seconds hangs, and is killed. Default 15. */
  readonly hungAfterS?: number | undefined;
}

export interface Supervision {
  /** Resolves when the daemon is ready for the first time; rejects with the reason when it is given up before. */
  readonly ready: Promise<void>;
  readonly over: Promise<SupervisorExit>;
  /** Stops the daemon in order, and the sessions' workers as told. */
  stop(options: { workers: WorkersAtStop }): Promise<void>;
}

/** A daemon that was told to stop and has not is killed after this long; its workers are not touched by that. */
const STOP_MS = 20_000;

const STARTING_MS = 5000;

const HUNG_AFTER_S = 15;

interface Ended {
  readonly how: string;
  readonly failure: (DaemonReport & { is: 'failed' }) | undefined;
}

export function superviseRunner(options: SuperviseOptions): Supervision {
  const { home, onEvent } = options;
  const stopping = new AbortController();
  const crashes: Crash[] = [];
  let child: ChildProcess | undefined;
  let markReady: () => void = () => undefined;
  let markFailed: (error: Error) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    markReady = resolve;
    markFailed = reject;
  });
  ready.catch(() => undefined);

  const runOnce = (): Promise<Ended> =>
    new Promise((resolve) => {
      const [program = '', ...args] = options.command;
      let failure: Ended['failure'];
      let stderr = '';
      let hung = false;
      const started = spawn(program, args, {
        detached: true,
        env: { ...options.env, TREELINE_HOME: home.path },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      child = started;
      const watch = watchBeats(options.hungAfterS ?? HUNG_AFTER_S, () => {
        hung = true;
        started.kill('SIGKILL');
      });
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)));
      child.on('message', (message) => {
        const report = DaemonReport.safeParse(message);
        if (!report.success) return;
        watch.beat();
        if (report.data.is === 'alive') return;
        if (report.data.is === 'failed') failure = report.data;
        else {
          onEvent?.({ type: 'ready', pid: report.data.pid });
          markReady();
        }
      });
      child.once('error', (error) => resolve({ how: error.message, failure }));
      child.once('close', (code, signal) => {
        watch.stop();
        const said = failure?.message ?? stderr.trim();
        if (hung) return resolve({ how: 'it hung, and was killed', failure });
        resolve({ how: `${signal ?? `exit code ${code}`}${said === '' ? '' : `: ${said}`}`, failure });
      });
    });

  const run = async (): Promise<SupervisorExit> => {
    for (;;) {
      const startedAt = performance.now();
      const { how, failure } = await runOnce();
      child = undefined;
      if (stopping.signal.aborted) return { how: 'stopped' };
      if (failure?.forGood === true) return { how: 'gave_up', why: failure.message };
      // Somebody stopped the daemon over its control socket: that is no crash.
      if (how === 'exit code 0') return { how: 'stopped' };
      crashes.push({ startedAt, endedAt: performance.now() });
      const verdict = afterCrash(crashes);
      if (verdict.do === 'give_up')
        return { how: 'gave_up', why: `${verdict.why} (last: ${how}). Its log: ${options.logPath}` };
      onEvent?.({ type: 'crashed', how, restartInMs: verdict.afterMs });
      await sleep(verdict.afterMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return { how: 'stopped' };
    }
  };
  const over = run();
  void over.then((exit) => markFailed(new Error(exit.how === 'gave_up' ? exit.why : 'the daemon was stopped')));

  const stop = async ({ workers }: { workers: WorkersAtStop }): Promise<void> => {
    stopping.abort();
    const running = child;
    if (running === undefined) return void (await over);
    // A daemon that has just been started cannot be asked yet.
    await Promise.race([ready, over, sleep(STARTING_MS, undefined, { ref: false })]).catch(() => undefined);
    const impatience = setTimeout(() => running.kill('SIGKILL'), STOP_MS);
    try {
      await askDaemon(home, { method: 'POST', path: '/stop', body: { workers } });
    } catch {
      running.kill('SIGTERM'); // It is not up yet, or does not answer: this stops it as well, and leaves the workers.
    }
    await over;
    clearTimeout(impatience);
  };
  return { ready, over, stop };
}

/**
 * Calls `hung` when no beat came for so many seconds. They are counted, not measured: neither a machine that slept nor a
 * clock that was set makes a daemon look dead.
 */
function watchBeats(seconds: number, hung: () => void): { beat(): void; stop(): void } {
  let missed: number | undefined;
  const timer = setInterval(() => {
    if (missed === undefined) return; // It has not said anything yet: it is still being loaded.
    missed += 1;
    if (missed === seconds) hung();
  }, 1000);
  timer.unref();
  return { beat: () => void (missed = 0), stop: () => clearInterval(timer) };
}
