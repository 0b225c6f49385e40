import { readIdentity } from '../../../home/identity.ts';
import { askDaemon, NoDaemon } from '../../../home/control-client.ts';
import { openHome } from '../../../home/home.ts';
import { readRunnerState, RunnerState } from '../../../home/state-file.ts';
import { command } from '../../command.ts';
import { formatAge } from '../../time.ts';
import { EXIT, type ExitCode } from '../../exit.ts';
import { renderFields } from '../../output/fields.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const runnerStatus = command({
  name: 'runner status',
  summary: 'Show what the runner of this machine is doing',
  details: 'Exit code 0 when it is online, 8 when it is not.',
  examples: [['runner status', 'Its link, its sessions, its log.']],
  args: {},
  flags: { home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = await openHome(runnerHomePath(cli, flags.home));
    const identity = await readIdentity(home);
    let running = true;
    let state: RunnerState | undefined;
    try {
      state = RunnerState.parse(await askDaemon(home, { method: 'GET', path: '/status' }));
    } catch (error) {
      if (!(error instanceof NoDaemon)) throw error;
      running = false;
      state = await readRunnerState(home);
    }
    const online = running && state?.link.state === 'online';
    if (out.isJson) out.json({ home: home.path, ...identity, running, online, state });
    else {
      const fields: [string, string][] = [
        ['Runner', identity === undefined ? 'has never been started' : `${identity.name}  ${identity.id}`],
        ['State', running ? (state === undefined ? '' : linkText(state)) : 'not running'],
        ['Sessions', running && state !== undefined ? `${state.sessions} of ${state.capacity}` : ''],
        [
          'Process',
          running && state !== undefined
            ? `${state.pid}, for ${formatAge(Date.now() - Date.parse(state.startedAt))}`
            : '',
        ],
        ['Folder', home.path],
        ['Log', state?.logPath ?? ''],
      ];
      renderFields(fields, out.look).forEach((line) => out.line(line));
    }
    return online ? EXIT.ok : EXIT.runnerOffline;
  },
});

function linkText({ link, relay }: RunnerState): string {
  switch (link.state) {
    case 'online':
      return `online at ${relay}`;
    case 'connecting':
      return `no link to ${relay}${link.problem === undefined ? '' : `: ${link.problem}`}`;
    case 'refused':
      return `refused by ${relay}: ${link.problem}`;
    case 'superseded':
      return `superseded: ${link.problem}`;
    case 'closed':
      return 'stopping';
  }
}
