import { command } from '../../command.ts';
import { duration, required, toggle } from '../../flags.ts';

export const keyCreate = command({
  name: 'key create',
  summary: 'Make a key for a person or script, or a join token for a runner',
  details: 'The key itself is printed on stdout, this once. It is not stored in readable form anywhere.',
  examples: [
    ['key create laptop > key.txt', 'For `treeline login URL --token-file key.txt` elsewhere.'],
    ['key create kitchen-pi --join', 'For `treeline runner join` on that machine; works once, within 30 minutes.'],
  ],
  args: { name: required('what it is for') },
  flags: {
    join: toggle('--join', 'a join token, with which one runner can join once'),
    user: toggle('--user', 'a key that may do all that you may (the default)'),
    expires: duration('--expires <duration>', 'when it ends; default: join tokens after 30m, keys never'),
  },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const kind = flags.join ? 'join' : 'user';
    const client = await cli.client();
    const body = { kind, name: args.name, expiresInMs: flags.expires } as const;
    const created = await client.createKey({ body });
    if (out.isJson) return out.json(created);
    out.line(created.secret);
    const { url } = await cli.relay();
    if (flags.join) out.note(`On the new machine:  treeline runner join ${url}    and paste it when asked`);
    else out.note(`Elsewhere:  treeline login ${url}    and paste it when asked`);
  },
});
