import type { TriggerAction, TriggerType } from '@treeline/shared';
import { command } from '../../command.ts';
import { decide } from '../../decide.ts';
import { usageError } from '../../exit.ts';
import { required, text, toggle } from '../../flags.ts';
import { triggerIdOf } from '../../ids.ts';

export const inboxApprove = command({
  name: 'inbox approve',
  summary: 'Approve a plan, allow what asks for permission, or acknowledge a notice',
  examples: [
    ['inbox approve 77b2', 'Go ahead.'],
    ['inbox approve 77b2 --note "but keep the old API"', 'Go ahead, and mind this.'],
    ['inbox approve 77b2 --always', 'Allow this kind of thing from now on.'],
  ],
  args: { trigger: required('the plan, permission or notice') },
  flags: {
    note: text('--note <text>', 'what the agent should know'),
    always: toggle('--always', 'for permissions: do not ask again for the like'),
  },
  async action({ args, flags, cli }) {
    const client = await cli.client();
    const id = await triggerIdOf(client, args.trigger);
    const { type } = await client.getTrigger({ params: { id } });
    return decide(cli, id, { response: flags.note ?? '', action: approvalOf(type, flags.always) });
  },
});

export function approvalOf(type: TriggerType, always: boolean): TriggerAction {
  switch (type) {
    case 'plan_review':
      return 'approve';
    case 'permission_request':
      return always ? 'allow_always' : 'allow';
    case 'session_complete':
    case 'session_error':
      return 'acknowledge';
    case 'ask_user_question':
      throw usageError('This is a question: it wants an answer.', 'Use `treeline inbox answer`.');
  }
}
