import { ROLES } from '@treeline/shared';
import { command } from '../../command.ts';
import { usageError } from '../../exit.ts';
import { required } from '../../flags.ts';
import { personIdOf } from '../../ids.ts';

export const userRole = command({
  name: 'user role',
  summary: 'Change what somebody may do',
  details: 'Their connections are cut at once, and come back with what they may do now.',
  examples: [['user role ann operator', 'Ann may start, stop and answer sessions, and add machines.']],
  args: { user: required('whom, by id or name'), role: required(`one of ${ROLES.join(', ')}`) },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const role = ROLES.find((known) => known === args.role);
    if (role === undefined) throw usageError(`"${args.role}" is no role; there are ${ROLES.join(', ')}`);
    const client = await cli.client();
    const person = await client.changePerson({ params: { id: await personIdOf(client, args.user) }, body: { role } });
    if (out.isJson) out.json(person);
    else out.line(out.isQuiet ? person.id : `${out.look.symbols.done} ${person.name} is ${role} now`);
  },
});
