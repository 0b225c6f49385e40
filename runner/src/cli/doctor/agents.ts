import { environment } from '../../config.ts';
import { runnerHomePath } from '../runner-home.ts';
import { type Check, fail, ok, warn, words } from './check.ts';

export const checkAgents: Check = async (cli) => {
  const { discoverAgents } = await import('../../agents/discover.ts');
  const { agentsFilePath } = await import('../../agents/agents-file.ts');
  try {
    const agentsFile = agentsFilePath(runnerHomePath(cli, undefined));
    const found = await discoverAgents({ env: environment, agentsFile });
    const withPrograms = found.filter(({ config }) => config.kind === 'pi' || config.kind === 'acp');
    if (withPrograms.length === 0) {
      return [
        warn(
          'agents',
          'only command and scripted: no coding agent was found',
          'Install one, such as pi, or add yours: treeline agents add NAME -- COMMAND',
        ),
      ];
    }
    return withPrograms.map(({ config, version, problem }) => {
      const name = `agent ${config.name}`;
      return problem === undefined
        ? ok(name, version ?? 'found')
        : warn(name, problem, `treeline agents check ${config.name}`);
    });
  } catch (error) {
    return [fail('agents', words(error), 'Correct agents.json.')];
  }
};
