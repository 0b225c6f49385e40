import { openHome } from '../../../home/home.ts';
import { command } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit.ts';
import { toggle } from '../../flags.ts';
import { requireJoined } from '../../machine/asking.ts';
import { restartRunner } from '../../machine/starting.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const runnerRestart = command({
  name: 'runner restart',
  summary: 'Stop the runner of this machine and start it again',
  details: 'Sessions go on meanwhile. One that does not run is started; one that systemd runs is restarted there.',
  examples: [
    ['runner restart', 'After a change of config.json.'],
    ['runner restart --force', 'When it does not answer any more.'],
  ],
  args: {},
  flags: { force: toggle('--force', 'kill a daemon that does not answer; sessions go on'), home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = await openHome(runnerHomePath(cli, flags.home));
    await requireJoined(home);
    const begun = performance.now();
    const { state, wasRunning } = await restartRunner(home, {
      withinMs: cli.globals.timeout,
      note: (text) => out.note(text),
      force: flags.force,
    });
    const ms = Math.round(performance.now() - begun);
    if (out.isJson) out.json({ ...state, wasRunning, ms });
    else {
      const what = wasRunning ? 'restarted' : 'started (it did not run)';
      out.line(`${out.look.symbols.done} ${what} in ${(ms / 1000).toFixed(1)} s: process ${state.pid}`);
    }
    return EXIT.ok;
  },
});
