import { command } from '../../command.ts';
import { SCOPES, type Scope } from '@treeline/shared';
import { usageError } from '../../exit.ts';
import { duration, required, text, toggle } from '../../flags.ts';

export const keyCreate = command({
  name: 'key create',
  summary: 'Make a key for a person or script, or a join token for a runner',
  details: 'The key itself is printed on stdout, this once. It is not stored in readable form anywhere.',
  examples: [
    ['key create laptop > key.txt', 'For `treeline login URL --token-file key.txt` elsewhere.'],
    ['key create ci --scope read,start --expires 2160h', 'Sees and starts sessions, for 90 days.'],
    ['key create kitchen-pi --join', 'For `treeline runner join` on that machine; works once, within 30 minutes.'],
  ],
  args: { name: required('what it is for') },
  flags: {
    join: toggle('--join', 'a join token, with which one runner can join once'),
    user: toggle('--user', 'a key for your own programs (the default)'),
    hook: toggle('--hook', 'a key that only starts sessions and tells them, for a program elsewhere'),
    scope: text('--scope <scopes>', `what the key may do, of ${SCOPES.join(', ')}; default: all that you may`),
    expires: duration('--expires <duration>', 'when it ends; default: join tokens after 30m, keys never'),
  },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const kind = flags.join ? 'join' : flags.hook ? 'hook' : 'user';
    const client = await cli.client();
    const scopes = scopesIn(flags.scope);
    const created = await client.createKey({
      body: { kind, name: args.name, expiresInMs: flags.expires, ...(scopes === undefined ? {} : { scopes }) },
    });
    if (out.isJson) return out.json(created);
    out.line(created.secret);
    const { url } = await cli.relay();
    if (flags.join) out.note(`On the new machine:  treeline runner join ${url}    and paste it when asked`);
    else if (!flags.hook) out.note(`Elsewhere:  treeline login ${url}    and paste it when asked`);
  },
});

function scopesIn(given: string | undefined): Scope[] | undefined {
  return given?.split(',').map((word) => {
    const scope = SCOPES.find((known) => known === word.trim());
    if (scope === undefined) throw usageError(`"${word.trim()}" is no scope; there are ${SCOPES.join(', ')}`);
    return scope;
  });
}
