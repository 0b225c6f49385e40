import { command, type Command } from '../../command.ts';
import { required } from '../../flags.ts';
import { personIdOf } from '../../ids.ts';

export const userDisable = access({
  name: 'user disable',
  summary: 'Keep somebody out',
  details: 'Their browsers, keys and share links work no longer, and their connections are cut at once.',
  examples: [['user disable ann', 'At once, everywhere.']],
  disabled: true,
});

export const userEnable = access({
  name: 'user enable',
  summary: 'Let somebody in again',
  details: 'Their keys work again; in browsers they sign in anew.',
  examples: [['user enable ann', 'As if nothing had been.']],
  disabled: false,
});

type Texts = Pick<Command, 'name' | 'summary' | 'details' | 'examples'>;

function access({ disabled, ...texts }: Texts & { readonly disabled: boolean }): Command {
  return command({
    ...texts,
    args: { user: required('whom, by id or name') },
    flags: {},
    async action({ args, cli }) {
      const { out } = cli;
      const client = await cli.client();
      const params = { id: await personIdOf(client, args.user) };
      const person = await client.changePerson({ params, body: { disabled } });
      const state = disabled ? 'disabled' : 'enabled';
      if (out.isJson) out.json(person);
      else out.line(out.isQuiet ? person.id : `${out.look.symbols.done} ${person.name} is ${state}`);
    },
  });
}
