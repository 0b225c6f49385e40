import { command } from '../../command.ts';
import { decide } from '../../decide.ts';
import { usageError } from '../../exit.ts';
import { optional, required } from '../../flags.ts';
import { triggerIdOf } from '../../ids.ts';
import { textOrStdin } from '../../stdin.ts';

export const inboxEdit = command({
  name: 'inbox edit',
  summary: 'Approve a plan in a form that you have changed',
  examples: [['inbox edit 77b2 - < plan.md', 'The plan as it stands in the file.']],
  args: { trigger: required('the plan'), plan: optional('the changed plan; - or nothing reads it from stdin') },
  flags: {},
  async action({ args, cli }) {
    const response = await textOrStdin(args.plan, 'changed plan');
    const client = await cli.client();
    const id = await triggerIdOf(client, args.trigger);
    const { type } = await client.getTrigger({ params: { id } });
    if (type !== 'plan_review') throw usageError('Only plans can be edited.', 'Use `treeline inbox answer`.');
    return decide(cli, id, { response, action: 'edit' });
  },
});
