import { LIMITS, NonEmptyText } from '@treeline/shared';
import { z } from 'zod';
import { askAndWait } from './asking.ts';
import { defineTool } from './tool.ts';

export const askUserQuestion = defineTool({
  name: 'ask_user_question',
  description:
    'Asks the session that started you, or a person, and waits for the answer. Use it when you cannot go on without a decision that is not yours.',
  args: z.strictObject({
    question: NonEmptyText.describe('The question with all that is needed to answer it.'),
    options: z
      .array(z.string().min(1).max(2000))
      .max(LIMITS.options)
      .optional()
      .describe('Answers to choose from; any other is possible, too.'),
    escalateAfterMs: z
      .number()
      .int()
      .nonnegative()
      .max(30 * 24 * 3600_000)
      .optional()
      .describe('Milliseconds that the session that started you has to answer, before a person is asked instead.'),
  }),
  run: ({ question, options, escalateAfterMs }, context, call) => {
    const choices = options?.map((label, index) => ({ id: String(index + 1), label }));
    return askAndWait(
      {
        type: 'ask_user_question',
        text: question,
        ...(choices && { options: choices }),
        ...(escalateAfterMs !== undefined && { escalateAfterMs }),
      },
      context,
      call,
    );
  },
});
