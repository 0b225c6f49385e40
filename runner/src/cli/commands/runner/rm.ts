import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { required, toggle } from '../../flags.ts';
import { runnerIdOf } from '../../ids.ts';

export const runnerRm = command({
  name: 'runner rm',
  summary: 'Give a runner of the relay up',
  details:
    'Its key works no longer, at once, and it goes from the list. What lives on it is lost: with live sessions it needs\n' +
    '--force, or exit code 6. It may join again with a new token. For the machine itself: `treeline runner leave`.',
  examples: [
    ['runner rm old-laptop', 'One that will not come back.'],
    ['runner rm old-laptop --force', 'Although sessions live on it.'],
  ],
  args: { runner: required('the runner, by name or id') },
  flags: { force: toggle('--force', 'also when sessions live on it: they are lost') },
  async action({ args, flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const client = await cli.client();
    const params = { id: await runnerIdOf(client, args.runner) };
    const { sessions, profile } = await client.getRunner({ params });
    if (sessions > 0 && !flags.force) {
      throw new CliError(EXIT.conflict, {
        code: 'conflict',
        message: `${sessions} ${sessions === 1 ? 'session lives' : 'sessions live'} on ${profile.name}.`,
        hint: 'Stop them (treeline session ls), drain it (treeline runner drain), or add --force: they are lost then.',
      });
    }
    const { removed, lost } = await client.removeRunner({ params });
    if (out.isJson) out.json({ removed, lost });
    else if (out.isQuiet) out.line(removed);
    else
      out.line(
        `${out.look.symbols.done} removed ${profile.name}${lost.length === 0 ? '' : `; ${lost.length} sessions lost`}`,
      );
    return EXIT.ok;
  },
});
