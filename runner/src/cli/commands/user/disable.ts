import { command } from '../../command.ts';
import { required } from '../../flags.ts';
import { personIdOf } from '../../ids.ts';

export const userDisable = command({
  name: 'user disable',
  summary: 'Keep somebody out',
  details: 'Their browsers, keys and share links work no longer, and their connections are cut at once.',
  examples: [['user disable ann', 'At once, everywhere.']],
  args: { user: required('whom, by id or name') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const params = { id: await personIdOf(client, args.user) };
    const person = await client.changePerson({ params, body: { disabled: true } });
    if (out.isJson) out.json(person);
    else out.line(out.isQuiet ? person.id : `${out.look.symbols.done} ${person.name} is disabled`);
  },
});
