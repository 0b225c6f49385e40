import { changeConfig } from '../../../home/config.ts';
import { type Home, openHome } from '../../../home/home.ts';
import { findHolder } from '../../../home/lock.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { tellDaemon } from '../../machine/asking.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';
import { drain } from './stop.ts';

export const runnerPause = command({
  name: 'runner pause',
  summary: 'Take no new sessions on this machine',
  details:
    'Sessions that are there go on. It holds over restarts, until `treeline runner resume`; also for one that does not run.',
  examples: [['runner pause', 'Before work on the machine.']],
  args: {},
  flags: { home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const home = await openHome(runnerHomePath(cli, flags.home));
    await setPaused(home, true);
    if (cli.out.isJson) cli.out.json({ paused: true });
    else cli.out.line(`${cli.out.look.symbols.done} paused: no new sessions until treeline runner resume`);
    return EXIT.ok;
  },
});

/** A daemon takes it up at once; without one it is written down for the next. */
async function setPaused(home: Home, paused: boolean): Promise<void> {
  if ((await findHolder(home)) === undefined) await changeConfig(home, { paused });
  else await tellDaemon(home, { path: paused ? '/pause' : '/resume' });
}

export const runnerResume = command({
  name: 'runner resume',
  summary: 'Take new sessions on this machine again',
  examples: [['runner resume', 'After a pause or a drain.']],
  args: {},
  flags: { home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const home = await openHome(runnerHomePath(cli, flags.home));
    await setPaused(home, false);
    if (cli.out.isJson) cli.out.json({ paused: false });
    else cli.out.line(`${cli.out.look.symbols.done} takes new sessions`);
    return EXIT.ok;
  },
});

export const runnerDrain = command({
  name: 'runner drain',
  summary: 'Take no new sessions, and wait until none is at work',
  details:
    'Sessions that wait for their next message count as done. Exit code 7 when some are still at work after --timeout.\n' +
    'The runner stays paused until `treeline runner resume`.',
  examples: [['runner drain --timeout 10m', 'At most ten minutes.']],
  args: {},
  flags: { home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const home = await openHome(runnerHomePath(cli, flags.home));
    const busy = await drain(cli, home);
    if (busy > 0) {
      throw new CliError(EXIT.timedOut, {
        code: 'timed_out',
        message: `${busy} sessions are still at work.`,
        hint: '`treeline runner list` shows them; the runner stays paused until `treeline runner resume`.',
      });
    }
    if (cli.out.isJson) cli.out.json({ paused: true, busy });
    else
      cli.out.line(`${cli.out.look.symbols.done} drained: no session is at work; paused until treeline runner resume`);
    return EXIT.ok;
  },
});
