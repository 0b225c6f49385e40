import { parseApiKey } from '@treeline/shared';
import { rm } from 'node:fs/promises';
import { createClient } from '../../client/client.ts';
import { readJsonFile } from '../../home/json-file.ts';
import type { Cli } from '../cli.ts';
import { command } from '../command.ts';
import { AccessFile, loginFile } from '../relay-access.ts';

export const logout = command({
  name: 'logout',
  summary: 'Forget the login of this machine’s commands',
  details:
    'The key that `login --user` or `login --one-time-code` made ends with it. One that you gave to `login` goes on\n' +
    'working, since others may use it; `treeline key revoke` ends it.',
  examples: [['logout', 'Ends the key of the login and deletes login.json.']],
  args: {},
  flags: {},
  async action({ cli }) {
    const { out } = cli;
    const revoked = await endKey(cli);
    await rm(loginFile(cli.settings), { force: true });
    if (out.isJson) out.json({ loggedIn: false, revoked });
    else if (!out.isQuiet) out.line(`${out.look.symbols.done} logged out`);
  },
});

/** True when the relay has ended the key of the login. A relay that cannot be asked is no failure: the file goes all the same. */
async function endKey({ settings, globals, out }: Cli): Promise<boolean> {
  try {
    const login = await readJsonFile(AccessFile, loginFile(settings));
    const id = login?.own === true ? parseApiKey(login.key)?.id : undefined;
    if (login === undefined || id === undefined) return false;
    await createClient({ ...login, timeoutMs: globals.timeout }).revokeKey({ params: { id: `key_${id}` } });
    return true;
  } catch (error) {
    out.note(`The key of the login was not ended: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
