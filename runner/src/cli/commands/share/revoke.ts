import { command } from '../../command.ts';
import { required } from '../../flags.ts';
import { shareIdOf } from '../../ids.ts';

export const shareRevoke = command({
  name: 'share revoke',
  summary: 'End a share link',
  details: 'Whoever looks through it is cut off.',
  examples: [['share revoke k4t2', 'As `treeline share ls` shows it.']],
  args: { link: required('the link') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const { revoked } = await client.revokeShare({ params: { id: await shareIdOf(client, args.link) } });
    if (out.isJson) out.json({ revoked });
    else out.line(out.isQuiet ? revoked : `${out.look.symbols.done} the link works no longer`);
  },
});
