import { Text, TriggerId } from '@treeline/shared';
import { z } from 'zod';
import { decide, defineTool } from './tool.ts';

export const escalateTrigger = defineTool({
  name: 'escalate_trigger',
  description:
    'Passes a child’s question, plan or permission request to a person, when you cannot or should not decide it yourself.',
  args: z.strictObject({
    triggerId: TriggerId.describe('The id trg_… that the message named.'),
    context: Text.optional().describe('What the person should know to decide.'),
  }),
  run: (args, context) => decide(context, { kind: 'escalate', ...args }, { ok: true, triggerId: args.triggerId }),
});
