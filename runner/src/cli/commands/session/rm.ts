import { command } from '../../command.ts';
import { required } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';

export const sessionRm = command({
  name: 'session rm',
  summary: 'Delete an ended session with its log',
  details: 'Its children become roots, and what they asked it goes to people.',
  examples: [['session rm 4kd9', 'Delete it.']],
  args: { session: required('the session') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const { deleted } = await client.deleteSession({ params: { id: await sessionIdOf(client, args.session) } });
    if (out.isJson) out.json({ deleted });
    else out.line(out.isQuiet ? deleted : `${out.look.symbols.done} deleted ${deleted}`);
  },
});
