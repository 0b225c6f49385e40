import { command } from '../../command.ts';
import { required } from '../../flags.ts';
import { personIdOf } from '../../ids.ts';

export const userEnable = command({
  name: 'user enable',
  summary: 'Let somebody in again',
  details: 'Their keys work again; in browsers they sign in anew.',
  examples: [['user enable ann', 'As if nothing had been.']],
  args: { user: required('whom, by id or name') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const params = { id: await personIdOf(client, args.user) };
    const person = await client.changePerson({ params, body: { disabled: false } });
    if (out.isJson) out.json(person);
    else out.line(out.isQuiet ? person.id : `${out.look.symbols.done} ${person.name} is enabled`);
  },
});
