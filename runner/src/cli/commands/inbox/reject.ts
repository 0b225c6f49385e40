import type { TriggerAction, TriggerType } from '@treeline/shared';
import { command } from '../../command.ts';
import { decide } from '../../decide.ts';
import { usageError } from '../../exit.ts';
import { required, text } from '../../flags.ts';
import { triggerIdOf } from '../../ids.ts';

export const inboxReject = command({
  name: 'inbox reject',
  summary: 'Reject a plan, or deny what asks for permission',
  examples: [['inbox reject 77b2 --reason "migrate the data first"', 'No, and why.']],
  args: { trigger: required('the plan or permission') },
  flags: { reason: text('--reason <text>', 'why, for the agent') },
  async action({ args, flags, cli }) {
    const client = await cli.client();
    const id = await triggerIdOf(client, args.trigger);
    const { type } = await client.getTrigger({ params: { id } });
    return decide(cli, id, { response: flags.reason ?? '', action: rejectionOf(type) });
  },
});

export function rejectionOf(type: TriggerType): TriggerAction {
  switch (type) {
    case 'plan_review':
      return 'reject';
    case 'permission_request':
      return 'deny';
    case 'ask_user_question':
    case 'session_complete':
    case 'session_error':
      throw usageError('Only plans and permissions can be rejected.', 'Use `treeline inbox answer`.');
  }
}
