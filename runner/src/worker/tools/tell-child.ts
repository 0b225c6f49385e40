import { NonEmptyText, SessionId, newId } from '@treeline/shared';
import { z } from 'zod';
import { decide, defineTool } from './tool.ts';

export const tellChild = defineTool({
  name: 'tell_child',
  description:
    'Sends a message to one of your own child sessions. One that has completed goes on with it, if its agent can.',
  args: z.strictObject({
    sessionId: SessionId.describe('The child’s id ses_….'),
    message: NonEmptyText,
  }),
  run: ({ sessionId, message }, context) =>
    decide(context, { kind: 'tell', messageId: newId('message'), sessionId, text: message }, { ok: true, sessionId }),
});
