import { existsSync } from 'node:fs';
import { environment } from '../../config.ts';
import { readConfig } from '../../home/config.ts';
import { openHome } from '../../home/home.ts';
import { runnerHomePath } from '../runner-home.ts';
import { type Check, fail, ok, words } from './check.ts';

/** Whether agents are isolated as config.json says; nothing where it asks for none. */
export const checkIsolation: Check = async (cli) => {
  const path = runnerHomePath(cli, undefined);
  if (!existsSync(path)) return [];
  const { isolationOf } = await import('../../isolation/of-runner.ts');
  try {
    const home = await openHome(path);
    const { isolation: config } = await readConfig(home);
    const tried = await isolationOf({ config, home, env: environment });
    if (tried.is === 'off') return [];
    if (tried.is === 'on') return [ok('isolation', `agents run within ${config.by}; it was tried and holds`)];
    return [fail('isolation', `no agent is started: ${tried.problem}`, 'See "Isolation" in docs/runner.md.')];
  } catch (error) {
    return [fail('isolation', words(error), 'Correct config.json.')];
  }
};
