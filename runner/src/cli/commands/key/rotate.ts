import { command } from '../../command.ts';
import { required, toggle } from '../../flags.ts';
import { keyIdOf } from '../../ids.ts';

export const keyRotate = command({
  name: 'key rotate',
  summary: 'Make a key that takes the place of another',
  details:
    'The new key is printed on stdout, this once. The old one works for another 24 hours, unless --now is given.',
  examples: [
    ['key rotate ci > key.txt', 'There are 24 hours to put the new key in place.'],
    ['key rotate ci --now', 'The old key ends at once, with the connections that use it.'],
  ],
  args: { key: required('the key, by id or name') },
  flags: { now: toggle('--now', 'end the old key at once') },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const params = { id: await keyIdOf(client, args.key) };
    const made = await client.rotateKey({ params, body: { endNow: flags.now } });
    if (out.isJson) return out.json(made);
    out.line(made.secret);
    out.note(flags.now ? 'The old key works no longer.' : 'The old key works for another 24 hours.');
  },
});
