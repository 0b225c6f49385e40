import { KeyId } from '@treeline/shared';
import { command } from '../../command.ts';
import { usageError } from '../../exit.ts';
import { required } from '../../flags.ts';

export const shareRevoke = command({
  name: 'share revoke',
  summary: 'End a share link',
  details: 'Whoever looks through it is cut off.',
  examples: [['share revoke key_01m8j2ew0f5d83b6hvfavp9k4t', 'As `treeline share ls SESSION` shows it.']],
  args: { link: required('the link, by its whole id') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const id = KeyId.safeParse(args.link);
    if (!id.success) throw usageError(`"${args.link}" is no id of a link`, 'treeline share ls SESSION lists them.');
    const { revoked } = await (await cli.client()).revokeShare({ params: { id: id.data } });
    if (out.isJson) out.json({ revoked });
    else out.line(out.isQuiet ? revoked : `${out.look.symbols.done} the link works no longer`);
  },
});
