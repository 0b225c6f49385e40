import { command } from '../../command.ts';
import { CliError, EXIT } from '../../exit.ts';
import { required } from '../../flags.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const agentsRm = command({
  name: 'agents rm',
  summary: 'Remove an agent that was added',
  examples: [['agents rm my-agent', 'Sessions that it has go on to their end.']],
  args: { name: required('its name') },
  flags: { home: homeFlag },
  async action({ args, flags, cli }) {
    const { removeAgent } = await import('../../../agents/agents-file.ts');
    const removed = await removeAgent(runnerHomePath(cli, flags.home), args.name);
    if (!removed) {
      throw new CliError(EXIT.notFound, {
        code: 'not_found',
        message: `No agent "${args.name}" was added here.`,
        hint: '`treeline agents ls` lists what there is; those that were found on the PATH are not removed here.',
      });
    }
    if (cli.out.isJson) cli.out.json({ removed: args.name });
    else cli.out.line(cli.out.isQuiet ? args.name : `${cli.out.look.symbols.done} ${args.name} removed`);
  },
});
