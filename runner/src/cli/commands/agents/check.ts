import { environment } from '../../../config.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { optional } from '../../flags.ts';
import { checkText } from '../../output/words.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const agentsCheck = command({
  name: 'agents check',
  summary: 'Check that agents of this machine can be started',
  details: 'Without a name, all of them. Exit code 1 when one has a problem.',
  examples: [
    ['agents check', 'All that were found.'],
    ['agents check codex', 'One of them.'],
  ],
  args: { agent: optional('its name, as `agents ls` shows it') },
  flags: { home: homeFlag },
  async action({ args, flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const { discoverAgents } = await import('../../../agents/discover.ts');
    const { agentsFilePath } = await import('../../../agents/agents-file.ts');
    const { presetHints } = await import('../../../agents/presets.ts');
    const agentsFile = agentsFilePath(runnerHomePath(cli, flags.home));
    const found = await discoverAgents({ env: environment, agentsFile });
    const checked = args.agent === undefined ? found : found.filter(({ config }) => config.name === args.agent);
    if (checked.length === 0) {
      throw new CliError(EXIT.notFound, {
        code: 'not_found',
        message: `The agent "${args.agent}" is not on this machine.`,
        hint:
          presetHints(args.agent ?? '').install ??
          '`treeline agents add` makes one of any command; `agents ls` lists what there is.',
      });
    }
    const problems = checked.filter(({ problem }) => problem !== undefined);
    if (out.isJson)
      out.json(
        checked.map(({ config, version, problem }) => ({
          name: config.name,
          ok: problem === undefined,
          version,
          problem,
        })),
      );
    else {
      for (const { config, version, problem } of checked) {
        const state = checkText(problem === undefined ? 'ok' : 'fail', out.look);
        out.line(
          `${state}  ${config.name.padEnd(12)}${[version, problem].filter((part) => part !== undefined).join('  ')}`.trimEnd(),
        );
      }
    }
    return problems.length === 0 ? EXIT.ok : EXIT.failed;
  },
});
