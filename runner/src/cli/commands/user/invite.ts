import { command } from '../../command.ts';
import { required, toggle } from '../../flags.ts';
import { personIdOf } from '../../ids.ts';
import { printInvitation } from './invitation.ts';

export const userInvite = command({
  name: 'user invite',
  summary: 'Make another one-time link for somebody',
  examples: [
    ['user invite ann', 'The first one was lost.'],
    ['user invite ann --reset', 'Ends her password, passkeys and sign-ins first.'],
  ],
  args: { user: required('whom, by id or name') },
  flags: { reset: toggle('--reset', 'end what they had to come in with') },
  async action({ args, flags, cli }) {
    const client = await cli.client();
    const params = { id: await personIdOf(client, args.user) };
    printInvitation(cli, await client.invitePerson({ params, body: { reset: flags.reset } }));
  },
});
