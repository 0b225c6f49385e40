import { parseApiKey } from '@treeline/shared';
import { createClient } from '../../../client/client.ts';
import { findCredentials, forgetCredentials } from '../../../home/credentials.ts';
import { openHome } from '../../../home/home.ts';
import type { Cli } from '../../cli.ts';
import { command } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit.ts';
import { toggle } from '../../flags.ts';
import { findRelay } from '../../relay-access.ts';
import { stopRunner } from '../../machine/stopping.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const runnerLeave = command({
  name: 'runner leave',
  summary: 'Have this machine be a runner of its relay no more',
  details:
    'Stops it with its sessions and deletes its key here; where this machine is logged in to that relay, the key is\n' +
    'revoked there too. The folder stays, with its id and what sessions have left. One that has joined none is no failure.',
  examples: [
    ['runner leave', 'Sessions are stopped.'],
    ['runner leave --keep-sessions', 'Sessions go on until they are done; nobody hears of them.'],
  ],
  args: {},
  flags: { keepSessions: toggle('--keep-sessions', 'leave sessions running'), home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = await openHome(runnerHomePath(cli, flags.home));
    const credentials = await findCredentials(home);
    const { stopped } = await stopRunner(home, { workers: flags.keepSessions ? 'leave' : 'stop', force: true });
    const revoked = credentials !== undefined && (await revoke(cli, credentials));
    await forgetCredentials(home);
    if (out.isJson) out.json({ left: credentials?.relays[0] ?? null, stopped, revoked });
    else if (credentials === undefined) out.line('it had joined no relay');
    else {
      out.line(`${out.look.symbols.done} left ${credentials.relays[0] ?? ''}`);
      if (!revoked) out.note('Its key works on at the relay until somebody runs `treeline key revoke` there.');
    }
    return EXIT.ok;
  },
});

/** True when the relay has ended the key. That it cannot be asked, or this machine may not, is no failure. */
async function revoke(cli: Cli, { relays, key }: { relays: readonly string[]; key: string }): Promise<boolean> {
  const id = parseApiKey(key)?.id;
  const access = await findRelay({ settings: cli.settings, globals: cli.globals }).catch(() => undefined);
  if (id === undefined || access?.key === undefined || !relays.includes(access.url)) return false;
  try {
    await createClient(access).revokeKey({ params: { id: `key_${id}` } });
    return true;
  } catch (error) {
    cli.out.note(`The relay did not revoke the key: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
