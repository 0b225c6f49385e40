import { command } from '../../command.ts';
import { required } from '../../flags.ts';
import { keyIdOf } from '../../ids.ts';

export const keyRevoke = command({
  name: 'key revoke',
  summary: 'End a key, and the connections that use it',
  examples: [['key revoke laptop', 'By its name, or by its id.']],
  args: { key: required('the key, by id or name') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const key = await client.revokeKey({ params: { id: await keyIdOf(client, args.key) } });
    if (out.isJson) out.json(key);
    else out.line(out.isQuiet ? key.id : `${out.look.symbols.done} ${key.name} (${key.id}) works no longer`);
  },
});
