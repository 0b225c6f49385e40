import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from '../../../daemon/control-server.ts';
import { readConfig } from '../../../home/config.ts';
import type { Home } from '../../../home/home.ts';
import { findHolder } from '../../../home/lock.ts';
import type { Cli } from '../../cli.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode, usageError } from '../../exit.ts';
import { type Flag, toggle } from '../../flags.ts';
import { askSessions, tellDaemon } from '../../machine/asking.ts';
import { homeOfRunning } from '../../machine/in-step.ts';
import { stopRunner } from '../../machine/stopping.ts';
import { findWorkers } from '../../machine/workers.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

const LOOK_MS = 250;
const WAYS = ['leave', 'sleep', 'stop', 'kill'] as const;
type Way = (typeof WAYS)[number];

const sessionsFlag: Flag<Way | undefined> = {
  flags: '--sessions [what]',
  doc: 'what becomes of sessions: leave (the default), sleep, stop (as --sessions alone) or kill',
  repeatable: false,
  read: (raw) => {
    if (raw === undefined) return undefined;
    if (raw === true) return 'stop';
    const way = WAYS.find((it) => it === raw);
    if (way !== undefined) return way;
    throw usageError(`--sessions is one of ${WAYS.join(', ')}, not ${JSON.stringify(raw)}`);
  },
};

export const runnerStop = command({
  name: 'runner stop',
  summary: 'Stop the runner of this machine',
  details:
    'Sessions go on without it, unless --sessions says otherwise, and are taken over when it is back. --drain takes no new\n' +
    'sessions and lets those at work finish their turns first; after --timeout it stops anyway, with exit code 7. --force\n' +
    'does not wait for a daemon that does not answer, and kills the sessions with it when --sessions is given too.\n' +
    'One that does not run is no failure; sessions that go on without it are ended by --sessions all the same.',
  examples: [
    ['runner stop', 'Sessions go on.'],
    ['runner stop --drain --timeout 10m', 'When what runs now is done.'],
    ['runner stop --sessions', 'Sessions are stopped too.'],
    ['runner stop --sessions sleep', 'Sessions that can be resumed fall asleep, the others end.'],
    ['runner stop --force', 'Even when it hangs.'],
  ],
  args: {},
  flags: {
    drain: toggle('--drain', 'take nothing new, and wait until no session has a turn to finish'),
    sessions: sessionsFlag,
    force: toggle('--force', 'kill a daemon that does not answer; with --sessions, the sessions too'),
    home: homeFlag,
  },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = await homeOfRunning(runnerHomePath(cli, flags.home));
    const begun = performance.now();
    const running = (await findHolder(home)) !== undefined;
    const forget = flags.drain && running && !(await readConfig(home)).paused;
    const left = flags.drain && running ? await drain(cli, home) : 0;
    const live = (await findWorkers(home)).length;
    const workers = flags.force && flags.sessions !== undefined ? 'kill' : (flags.sessions ?? 'leave');
    const { stopped } = await stopRunner(home, { workers, force: flags.force });
    // The pause was for this stop only, unless it was there before.
    if (forget) await forgetPause(home);
    const ms = Math.round(performance.now() - begun);
    if (out.isJson) out.json({ stopped, sessions: { live, became: workers }, undrained: left, ms });
    else {
      const what = live === 0 ? 'no session ran' : `${live} ${live === 1 ? 'session' : 'sessions'}: ${BECAME[workers]}`;
      if (stopped) out.line(`${out.look.symbols.done} stopped in ${(ms / 1000).toFixed(1)} s; ${what}`);
      else out.line(live === 0 ? 'it was not running' : `it was not running; ${what}`);
    }
    if (left > 0) {
      throw new CliError(EXIT.timedOut, {
        code: 'timed_out',
        message: `${left} ${left === 1 ? 'session' : 'sessions'} had not finished when the time was over; the runner was stopped.`,
        hint: 'They go on unless --sessions said otherwise; treeline runner start takes them over.',
      });
    }
    return EXIT.ok;
  },
});

const BECAME: Readonly<Record<Way, string>> = {
  leave: 'left running',
  sleep: 'put to sleep, or ended',
  stop: 'stopped',
  kill: 'killed',
};

/** Takes nothing new, and resolves with how many sessions are still at work: 0, or some when --timeout is over. */
export async function drain(cli: Cli, home: Home): Promise<number> {
  await tellDaemon(home, { path: '/drain' });
  return untilNone(cli, async () => (await askSessions(home)).filter(isBusy).length);
}

/** Looks until none is at work. Resolves with how many are: 0, or some when --timeout is over. */
export async function untilNone({ out, globals }: Cli, count: () => Promise<number>): Promise<number> {
  const until = performance.now() + (globals.timeout ?? Infinity);
  for (let said = -1; ;) {
    const busy = await count();
    if (busy === 0 || performance.now() > until) return busy;
    if (busy !== said) out.note(`waiting for ${busy} ${busy === 1 ? 'session' : 'sessions'} at work`);
    said = busy;
    await sleep(LOOK_MS);
  }
}

async function forgetPause(home: Home): Promise<void> {
  const { changeConfig } = await import('../../../home/config.ts');
  await changeConfig(home, { paused: false });
}
