import { Name } from '@treeline/shared';
import { openHome } from '../../../home/home.ts';
import { ensureIdentity } from '../../../home/identity.ts';
import { findHolder } from '../../../home/lock.ts';
import { command } from '../../command.ts';
import { EXIT, type ExitCode, usageError } from '../../exit.ts';
import { required } from '../../flags.ts';
import { tellDaemon } from '../../machine/asking.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const runnerRename = command({
  name: 'runner rename',
  summary: 'Change the name under which people see this machine',
  details: 'Its id stays, and so do its sessions. A runner that runs takes it up at once.',
  examples: [['runner rename kitchen-pi', 'Letters, digits, space, dot, dash and underscore.']],
  args: { name: required('the new name') },
  flags: { home: homeFlag },
  async action({ args, flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = await openHome(runnerHomePath(cli, flags.home));
    const name = Name.safeParse(args.name);
    if (!name.success) throw usageError(`"${args.name}" is no name: ${name.error.issues[0]?.message ?? 'not valid'}`);
    const identity = await ensureIdentity(home, name.data);
    const running = (await findHolder(home)) !== undefined;
    if (running) await tellDaemon(home, { path: '/reload' });
    if (out.isJson) out.json({ ...identity, running });
    else out.line(`${out.look.symbols.done} this runner is ${identity.name} (${identity.id})`);
    return EXIT.ok;
  },
});
