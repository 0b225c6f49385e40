import type { FoundAgent } from '../../../agents/discover.ts';
import { environment } from '../../../config.ts';
import { command } from '../../command.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const agentsLs = command({
  name: 'agents ls',
  summary: 'List the agents of this machine',
  details:
    '`command` runs its prompt as a shell command; `scripted` plays its prompt without any model. Both are always there.',
  examples: [['agents ls', 'What sessions on this machine can be given to.']],
  args: {},
  flags: { home: homeFlag },
  async action({ flags, cli }) {
    const { out } = cli;
    const { discoverAgents, defaultAgent } = await import('../../../agents/discover.ts');
    const { agentsFilePath } = await import('../../../agents/agents-file.ts');
    const agentsFile = agentsFilePath(runnerHomePath(cli, flags.home));
    const found = await discoverAgents({ env: environment, agentsFile });
    if (out.isJson)
      return out.json(found.map(({ config: { name, kind, command }, ...rest }) => ({ name, kind, command, ...rest })));
    if (out.isQuiet) return found.forEach(({ config }) => out.line(config.name));
    const preferred = defaultAgent(found);
    const columns: Column<FoundAgent>[] = [
      {
        heading: 'STATE',
        cell: ({ problem }) =>
          problem === undefined
            ? `${out.look.symbols.done} ready`
            : out.look.colors.yellow(`${out.look.symbols.attention} not ready`),
      },
      { heading: 'AGENT', cell: ({ config }) => config.name + (config.name === preferred ? ' (default)' : '') },
      { heading: 'KIND', cell: ({ config }) => config.kind },
      { heading: 'VERSION', cell: ({ version }) => version ?? '' },
      { heading: 'COMMAND', flexible: true, cell: ({ config }) => config.command.join(' ') },
      { heading: 'PROBLEM', cell: ({ problem }) => problem ?? '' },
    ];
    (await renderTable(found, columns, out.look)).forEach((line) => out.line(line));
  },
});
