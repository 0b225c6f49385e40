import { Text, TriggerAction, TriggerId } from '@treeline/shared';
import { z } from 'zod';
import { decide, defineTool } from './tool.ts';

export const respondToTrigger = defineTool({
  name: 'respond_to_trigger',
  description: 'Answers a question, plan or permission request of one of your child sessions. The first answer counts.',
  args: z.strictObject({
    triggerId: TriggerId.describe('The id trg_… that the message named.'),
    response: Text.describe('The answer, in words.'),
    action: TriggerAction.optional().describe(
      'For plans: approve, edit or reject. For permissions: allow, allow_always or deny.',
    ),
  }),
  run: (args, context) => decide(context, { kind: 'answer', ...args }, { ok: true, triggerId: args.triggerId }),
});
