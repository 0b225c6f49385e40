import { NonEmptyText } from '@treeline/shared';
import { z } from 'zod';
import { askAndWait } from './asking.ts';
import { defineTool } from './tool.ts';

export const submitPlan = defineTool({
  name: 'submit_plan',
  description:
    'Submits a plan for review and waits: it is approved, sent back with edits, or rejected. Use it before work that is hard to undo.',
  args: z.strictObject({ plan: NonEmptyText.describe('The plan, in Markdown.') }),
  run: ({ plan }, context, call) => askAndWait({ type: 'plan_review', text: plan }, context, call),
});
