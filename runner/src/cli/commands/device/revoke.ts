import { KeyId } from '@treeline/shared';
import type { Client } from '../../../client/client.ts';
import { command } from '../../command.ts';
import { usageError } from '../../exit.ts';
import { optional, toggle } from '../../flags.ts';
import { pick } from '../../ids.ts';

export const deviceRevoke = command({
  name: 'device revoke',
  summary: 'Sign a browser of yours out, or all of them',
  details: 'Its connections are cut at once. Keys go on working: `treeline key revoke` ends those.',
  examples: [
    ['device revoke Pixel', 'By its name, or by its id.'],
    ['device revoke --all', 'Every browser.'],
  ],
  args: { device: optional('the browser, by id or name') },
  flags: { all: toggle('--all', 'every browser') },
  async action({ args, flags, cli }) {
    const { out } = cli;
    if ((args.device === undefined) !== flags.all)
      throw usageError('Which browser?', 'Name one as `treeline device ls` shows it, or give --all.');
    const client = await cli.client();
    const { signedOut } =
      args.device === undefined
        ? await client.signOutDevices({ body: {} })
        : await client.signOutDevice({ params: { id: await deviceIdOf(client, args.device) } });
    if (out.isJson) return out.json({ signedOut });
    if (out.isQuiet) return signedOut.forEach((id) => out.line(id));
    out.line(
      `${out.look.symbols.done} ${signedOut.length === 1 ? 'one browser is' : `${signedOut.length} browsers are`} signed out`,
    );
  },
});

async function deviceIdOf(client: Client, given: string): Promise<KeyId> {
  const whole = KeyId.safeParse(given);
  if (whole.success) return whole.data;
  const { devices } = await client.listDevices();
  const name = (it: (typeof devices)[number]) => it.name;
  return pick(devices, given, { what: 'device', list: 'device ls', id: (it) => it.id, name, label: name }).id;
}
