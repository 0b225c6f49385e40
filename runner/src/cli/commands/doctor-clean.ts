import { openHome } from '../../home/home.ts';
import { command } from '../command.ts';
import { findLeftovers, leftoverText, removeLeftover } from '../doctor/leftovers.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { toggle } from '../flags.ts';
import { homeFlag, runnerHomePath } from '../runner-home.ts';

export const doctorClean = command({
  name: 'doctor clean',
  summary: 'Remove what a runner of this machine has left behind',
  details:
    'Only what is proven to be ours: processes by the pid, start time and boot that they recorded, never by a name; and\n' +
    'sockets of a folder whose daemon does not run. Sessions that go on without a runner are no leftovers.',
  examples: [
    ['doctor clean --dry-run', 'Only show it.'],
    ['doctor clean', 'End and remove it.'],
  ],
  args: {},
  flags: { dryRun: toggle('--dry-run', 'remove nothing'), home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const leftovers = await findLeftovers(await openHome(runnerHomePath(cli, flags.home)));
    if (!flags.dryRun) for (const leftover of leftovers) await removeLeftover(leftover);
    if (out.isJson) out.json({ removed: !flags.dryRun, leftovers });
    else if (leftovers.length === 0) out.line('nothing was left behind');
    else leftovers.forEach((it) => out.line(`${flags.dryRun ? 'would remove' : 'removed'} ${leftoverText(it)}`));
    return EXIT.ok;
  },
});
