import { changeConfig } from '../../../home/config.ts';
import type { Home } from '../../../home/home.ts';
import { findHolder } from '../../../home/lock.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { tellDaemon } from '../../machine/asking.ts';
import { homeInStep } from '../../machine/in-step.ts';
import { homeFlag } from '../../runner-home.ts';
import { order, runnerArgument } from '../../remote-runner.ts';
import { drain, untilNone } from './stop.ts';

const to = (runner: string | undefined): string => (runner === undefined ? '' : ` ${runner}`);

export const runnerPause = command({
  name: 'runner pause',
  summary: 'Take no new sessions on this machine, or on another runner',
  details:
    'Sessions that are there go on. It holds over restarts, until `treeline runner resume`; also for one of this machine\n' +
    'that does not run. Another runner is asked through the relay, and has to be online.',
  examples: [
    ['runner pause', 'Before work on the machine.'],
    ['runner pause kitchen-pi', 'Another one, through the relay.'],
  ],
  args: { runner: runnerArgument },
  flags: { home: homeFlag },
  async action({ args, flags, cli }): Promise<ExitCode> {
    if (args.runner === undefined) await setPaused(await homeInStep(cli, flags.home), true);
    else await order(cli, args.runner, { do: 'pause' });
    if (cli.out.isJson) cli.out.json({ paused: true });
    else
      cli.out.line(
        `${cli.out.look.symbols.done} paused: no new sessions until treeline runner resume${to(args.runner)}`,
      );
    return EXIT.ok;
  },
});

/** A daemon takes it up at once; without one it is written down for the next. */
async function setPaused(home: Home, paused: boolean): Promise<void> {
  if ((await findHolder(home)) === undefined)
    await changeConfig(home, { paused, ...(!paused && { pausedRemotely: false }) });
  else await tellDaemon(home, { path: paused ? '/pause' : '/resume' });
}

export const runnerResume = command({
  name: 'runner resume',
  summary: 'Take new sessions on this machine again, or on another runner',
  details:
    'Through the relay only what was paused through the relay: one that was paused on its own machine stays so, with exit\n' +
    'code 4, until it is resumed there.',
  examples: [
    ['runner resume', 'After a pause or a drain.'],
    ['runner resume kitchen-pi', 'Another one, through the relay.'],
  ],
  args: { runner: runnerArgument },
  flags: { home: homeFlag },
  async action({ args, flags, cli }): Promise<ExitCode> {
    if (args.runner === undefined) await setPaused(await homeInStep(cli, flags.home), false);
    else await order(cli, args.runner, { do: 'resume' });
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
  examples: [
    ['runner drain --timeout 10m', 'At most ten minutes.'],
    ['runner drain kitchen-pi', 'Another one, through the relay.'],
  ],
  args: { runner: runnerArgument },
  flags: { home: homeFlag },
  async action({ args, flags, cli }): Promise<ExitCode> {
    const { runner } = args;
    const busy =
      runner === undefined
        ? await drain(cli, await homeInStep(cli, flags.home))
        : await untilNone(cli, async () => (await order(cli, runner, { do: 'drain' })).busy);
    if (busy > 0) {
      throw new CliError(EXIT.timedOut, {
        code: 'timed_out',
        message: `${busy} ${busy === 1 ? 'session is' : 'sessions are'} still at work.`,
        hint: `It stays paused until treeline runner resume${to(runner)}; its sessions: treeline ${runner === undefined ? 'runner list' : 'session ls'}.`,
      });
    }
    if (cli.out.isJson) cli.out.json({ paused: true, busy });
    else
      cli.out.line(
        `${cli.out.look.symbols.done} drained: no session is at work; paused until treeline runner resume${to(runner)}`,
      );
    return EXIT.ok;
  },
});
