import { rm } from 'node:fs/promises';
import { command } from '../command.ts';
import { loginFile } from '../relay-access.ts';

export const logout = command({
  name: 'logout',
  summary: 'Forget the login of this machine’s commands',
  details: 'The key itself goes on working; `treeline key revoke` ends it.',
  examples: [['logout', 'Deletes login.json.']],
  args: {},
  flags: {},
  async action({ cli }) {
    await rm(loginFile(cli.settings), { force: true });
    if (cli.out.isJson) cli.out.json({ loggedIn: false });
    else if (!cli.out.isQuiet) cli.out.line(`${cli.out.look.symbols.done} logged out`);
  },
});
