import { ROLES } from '@treeline/shared';
import { command } from '../../command.ts';
import { choice, required } from '../../flags.ts';
import { formatClock } from '../../time.ts';

export const userCreate = command({
  name: 'user create',
  summary: 'Invite somebody',
  details: 'Prints a one-time link, with which they set a password. Send it only to them.',
  examples: [
    ['user create ann', 'Ann may look at sessions.'],
    ['user create bob --role operator', 'Bob may start, stop and answer sessions, and add machines.'],
  ],
  args: { name: required('how they are called') },
  flags: { role: choice('--role <role>', `${ROLES.join(', ')}; default: viewer`, ROLES) },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const made = await (await cli.client()).createPerson({ body: { name: args.name, role: flags.role ?? 'viewer' } });
    if (out.isJson) return out.json(made);
    out.line(made.invitation.url);
    out.note(`The link works once, until ${formatClock(made.invitation.expiresAt)}.`);
  },
});
