import type { PersonView } from '@treeline/shared';
import type { Client } from '../../client/client.ts';
import { command } from '../command.ts';
import { optional } from '../flags.ts';
import { personIdOf } from '../ids.ts';
import { printInvitation } from './user/invitation.ts';

export const relayResetAdmin = command({
  name: 'relay reset-admin',
  summary: 'Let an owner in again who is locked out',
  details:
    'For the machine of the relay, where commands need no sign-in. The person becomes an enabled owner; password, passkeys\n' +
    'and sign-ins end, and a one-time link lets them set new ones. Without a name: the first owner.',
  examples: [
    ['relay reset-admin', 'The first owner.'],
    ['relay reset-admin ann', 'Ann, whatever she was before.'],
  ],
  args: { name: optional('whom, by id or name') },
  flags: {},
  async action({ args, cli }) {
    const client = await cli.client();
    const id = args.name === undefined ? await firstOwner(client) : await personIdOf(client, args.name);
    if (id === undefined) {
      // Nobody was there yet: the code that makes the first owner.
      const { code, expiresAt } = await client.createSignInCode();
      const { url } = await cli.relay();
      return printInvitation(cli, { code, expiresAt, url: `${url}/setup#${code}` });
    }
    await client.changePerson({ params: { id }, body: { role: 'owner', disabled: false } });
    printInvitation(cli, await client.invitePerson({ params: { id }, body: { reset: true } }));
  },
});

async function firstOwner(client: Client): Promise<PersonView['id'] | undefined> {
  const { people } = await client.listPeople();
  return (people.find(({ role }) => role === 'owner') ?? people[0])?.id;
}
