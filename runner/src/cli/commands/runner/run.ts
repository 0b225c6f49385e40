import { environment } from '../../../config.ts';
import { type Home, openHome } from '../../../home/home.ts';
import { daemonCommand } from '../../../programs.ts';
import type { Cli } from '../../cli.ts';
import { command } from '../../command.ts';
import { forgetGaveUp, writeGaveUp } from '../../../home/gave-up.ts';
import { AlreadyRunning, lockHome } from '../../../home/lock.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { daemonLogPath } from '../../../daemon/log-path.ts';
import { requireJoined } from '../../machine/asking.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const runnerRun = command({
  name: 'runner',
  summary: 'Run the runner of this machine here, until it is stopped',
  details:
    'For systemd, launchd, pm2, Docker and terminals. It starts the daemon, starts it again when it crashes or hangs, and\n' +
    'gives up with the reason after 5 crashes within a minute. Ctrl-C or SIGTERM stops it in order; sessions go on.',
  examples: [['runner', 'Until Ctrl-C.']],
  args: {},
  flags: { home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const home = await openHome(runnerHomePath(cli, flags.home));
    await requireJoined(home);
    return superviseHere(cli, home);
  },
});

/** Runs the supervisor in this process. Throws a CliError with the reason when it gives up, and when another one runs. */
export async function superviseHere({ out }: Cli, home: Home): Promise<ExitCode> {
  const { superviseRunner } = await import('../../../supervisor/supervisor.ts');
  const { watchSignals } = await import('../../../up/until-signal.ts');
  const unlock = await lockHome(home, 'supervisor').catch(orExplain);
  await forgetGaveUp(home);
  const signals = watchSignals(() => process.exit(EXIT.interrupted));
  const supervision = superviseRunner({
    home,
    command: daemonCommand(),
    env: environment,
    logPath: daemonLogPath(home),
    onEvent: (event) => {
      if (out.isJson) out.jsonLine(event);
      else if (event.type === 'ready') out.line(`runner started: process ${event.pid}, log ${daemonLogPath(home)}`);
      else out.line(`the daemon ended (${event.how}); it starts again in ${event.restartInMs} ms`);
    },
  });
  void signals.asked.then(() => supervision.stop({ workers: 'leave' }));
  const exit = await supervision.over;
  signals.stop();
  if (exit.how === 'gave_up') await writeGaveUp(home, exit.why).catch((error: unknown) => out.note(String(error)));
  await unlock();
  if (exit.how === 'stopped') return EXIT.ok;
  throw new CliError(EXIT.failed, { code: 'runner_ended', message: exit.why, hint: '`treeline doctor` looks closer.' });
}

function orExplain(error: unknown): never {
  if (!(error instanceof AlreadyRunning)) throw error;
  throw new CliError(EXIT.conflict, {
    code: 'conflict',
    message: error.message,
    hint: '`treeline runner status` shows what it does, `treeline runner stop` ends it.',
    cause: error,
  });
}
