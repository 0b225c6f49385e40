import { existsSync } from 'node:fs';
import { findCredentials } from '../../home/credentials.ts';
import { type Home, openHome } from '../../home/home.ts';
import { askDaemon, NoDaemon } from '../../home/control-client.ts';
import { RunnerState } from '../../home/state-file.ts';
import { runnerHomePath } from '../runner-home.ts';
import { findLeftovers, leftoverText } from './leftovers.ts';
import { type Check, fail, type Finding, ok, warn, words } from './check.ts';

export const checkRunner: Check = async (cli) => {
  const path = runnerHomePath(cli, undefined);
  const joinFirst = 'Join one with `treeline runner join URL`, or use `treeline up`.';
  try {
    if (!existsSync(path)) return [warn('runner', 'this machine has none', joinFirst)];
    const home = await openHome(path);
    if ((await findCredentials(home)) === undefined) return [warn('runner', `${path} has joined no relay`, joinFirst)];
    const state = RunnerState.parse(await askDaemon(home, { method: 'GET', path: '/status' }));
    return [
      judgeLink(state),
      ...judgeIntake(state),
      ...judgeVersion(state, cli.settings.version),
      ...(await judgeLeftovers(home)),
    ];
  } catch (error) {
    if (error instanceof NoDaemon)
      return [fail('runner', `the daemon of ${path} does not run`, 'Start it with `treeline runner start`.')];
    return [fail('runner', words(error), `Look at ${path}.`)];
  }
};

/** Whether it takes sessions. */
function judgeIntake({ health }: RunnerState): Finding[] {
  if (health?.refuses === undefined) return [];
  return [warn('new sessions', `refused: ${health.refuses}`, 'Free what is short, or run `treeline runner resume`.')];
}

function judgeVersion({ version }: RunnerState, own: string): Finding[] {
  if (version === own) return [];
  return [warn('version', `the runner is ${version}, this command ${own}`, 'treeline runner restart; sessions go on.')];
}

async function judgeLeftovers(home: Home): Promise<Finding[]> {
  const leftovers = await findLeftovers(home);
  if (leftovers.length === 0) return [ok('leftovers', 'none')];
  return [warn('leftovers', leftovers.map(leftoverText).join('; '), 'treeline doctor clean')];
}

function judgeLink({ link, relay, sessions, capacity }: RunnerState): Finding {
  switch (link.state) {
    case 'online':
      return ok('runner', `online at ${relay}, ${sessions} of ${capacity} sessions`);
    case 'connecting':
      return fail(
        'runner',
        `no link to ${relay}: ${link.problem ?? 'connecting'}`,
        'Start the relay, or correct its URL with `treeline runner join`.',
      );
    case 'refused':
      return fail(
        'runner',
        `${relay} refuses it: ${link.problem}`,
        'Join again: treeline runner join URL with a new token.',
      );
    case 'superseded':
      return fail(
        'runner',
        `another daemon has its identity: ${link.problem}`,
        'Stop one of the two; a copy of the folder joins by itself. Restored from a backup: delete its file `generation`.',
      );
    case 'closed':
      return fail('runner', 'its daemon is stopping', 'Start it with `treeline runner start`.');
  }
}
