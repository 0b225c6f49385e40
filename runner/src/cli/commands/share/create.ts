import { command } from '../../command.ts';
import { duration, required, toggle } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';
import { formatAge } from '../../time.ts';

export const shareCreate = command({
  name: 'share create',
  summary: 'Make a link that shows a session to whoever has it',
  details: 'Read only, and for a time. The link is printed on stdout, this once; its secret stands behind the #.',
  examples: [
    ['share create 4kd2', 'The session alone, for 7 days.'],
    ['share create 4kd2 --tree --expires 24h', 'With everything below it, for a day.'],
  ],
  args: { session: required('the session') },
  flags: {
    tree: toggle('--tree', 'also everything below it'),
    expires: duration('--expires <duration>', 'when it ends; default: after 7 days'),
  },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const params = { id: await sessionIdOf(client, args.session) };
    const made = await client.createShare({ params, body: { tree: flags.tree, expiresInMs: flags.expires } });
    if (out.isJson) return out.json(made);
    out.line(made.url);
    out.note(
      `It works for ${formatAge(made.share.expiresAt - Date.now())}; treeline share revoke ${made.share.id} ends it.`,
    );
  },
});
