import { setTimeout as sleep } from 'node:timers/promises';
import { askDaemon } from '../../../home/control-client.ts';
import { openHome } from '../../../home/home.ts';
import { findHolder } from '../../../home/lock.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { choice } from '../../flags.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

const STOPPED_WITHIN_MS = 30_000;
const LOOK_MS = 50;

export const runnerStop = command({
  name: 'runner stop',
  summary: 'Stop the runner of this machine',
  details: 'Sessions go on without it, unless --sessions says otherwise, and report when it is back.',
  examples: [
    ['runner stop', 'Sessions go on.'],
    ['runner stop --sessions sleep', 'Sessions that can be resumed fall asleep, the others end.'],
  ],
  args: {},
  flags: {
    sessions: choice('--sessions <what>', 'leave (the default), sleep, stop or kill', [
      'leave',
      'sleep',
      'stop',
      'kill',
    ]),
    home: homeFlag,
  },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = await openHome(runnerHomePath(cli, flags.home));
    const wasRunning = (await findHolder(home)) !== undefined;
    if (wasRunning)
      await askDaemon(home, { method: 'POST', path: '/stop', body: { workers: flags.sessions ?? 'leave' } });
    const until = performance.now() + STOPPED_WITHIN_MS;
    while ((await findHolder(home)) !== undefined) {
      if (performance.now() > until) throw stillThere(home.path);
      await sleep(LOOK_MS);
    }
    if (out.isJson) out.json({ stopped: wasRunning });
    else out.line(wasRunning ? `${out.look.symbols.done} stopped` : 'it was not running');
    return EXIT.ok;
  },
});

function stillThere(path: string): CliError {
  return new CliError(EXIT.timedOut, {
    code: 'timed_out',
    message: `The daemon of ${path} still runs after ${STOPPED_WITHIN_MS / 1000} s.`,
    hint: 'It may be waiting for sessions; see its log with `treeline runner status`.',
  });
}
