import { Name } from '@treeline/shared';
import { ensureIdentity } from '../../../home/identity.ts';
import { findHolder } from '../../../home/lock.ts';
import { command } from '../../command.ts';
import { EXIT, type ExitCode, usageError } from '../../exit.ts';
import { optional, required } from '../../flags.ts';
import { order } from '../../remote-runner.ts';
import type { Cli } from '../../cli.ts';
import { tellDaemon } from '../../machine/asking.ts';
import { homeInStep } from '../../machine/in-step.ts';
import { homeFlag } from '../../runner-home.ts';

export const runnerRename = command({
  name: 'runner rename',
  summary: 'Change the name under which people see this machine, or another runner',
  details:
    'Its id stays, and so do its sessions. A runner that runs takes it up at once. Another runner is asked through the\n' +
    'relay, and has to be online.',
  examples: [
    ['runner rename kitchen-pi', 'Letters, digits, space, dot, dash and underscore.'],
    ['runner rename kitchen-pi garage-pi', 'Another one, through the relay.'],
  ],
  args: {
    nameOrRunner: required('the new name; with another word behind it, a runner of the relay'),
    name: optional('the new name of that runner'),
  },
  flags: { home: homeFlag },
  async action({ args, flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    if (args.name !== undefined) return renameOther(cli, args.nameOrRunner, nameOf(args.name));
    const home = await homeInStep(cli, flags.home);
    const identity = await ensureIdentity(home, nameOf(args.nameOrRunner));
    const running = (await findHolder(home)) !== undefined;
    if (running) await tellDaemon(home, { path: '/reload' });
    if (out.isJson) out.json({ ...identity, running });
    else out.line(`${out.look.symbols.done} this runner is ${identity.name} (${identity.id})`);
    return EXIT.ok;
  },
});

function nameOf(given: string): string {
  const name = Name.safeParse(given);
  if (name.success) return name.data;
  throw usageError(`"${given}" is no name: ${name.error.issues[0]?.message ?? 'not valid'}`);
}

async function renameOther(cli: Cli, runner: string, name: string): Promise<ExitCode> {
  const renamed = await order(cli, runner, { do: 'rename', name });
  if (cli.out.isJson) cli.out.json({ name: renamed.name });
  else cli.out.line(`${cli.out.look.symbols.done} ${runner} is ${renamed.name}`);
  return EXIT.ok;
}
