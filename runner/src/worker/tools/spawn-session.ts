import { AgentName, NonEmptyText, Path, RunnerId, Title, newId } from '@treeline/shared';
import { z } from 'zod';
import { decide, defineTool } from './tool.ts';

export const spawnSession = defineTool({
  name: 'spawn_session',
  description:
    'Starts a child session: another agent that works on the prompt on its own, here or on another machine. Returns {sessionId, shareUrl} at once. ' +
    'You will get a message when it asks you something, completes, or fails; do not poll.',
  args: z.strictObject({
    prompt: NonEmptyText.describe('The task, complete in itself: the child sees nothing else of yours.'),
    cwd: Path.optional().describe('Working folder on the runner; default: the runner’s own default.'),
    runnerId: RunnerId.optional().describe('Machine to run on (list_runners shows them); default: this one.'),
    agent: AgentName.optional().describe('Which agent, as list_runners names them; default: the runner’s default.'),
    model: z.string().min(1).max(200).optional(),
    title: Title.optional().describe('A few words by which people recognise the session.'),
  }),
  run: (spec, context) => {
    const sessionId = newId('session');
    const { assignment } = context;
    const shareUrl = assignment.shareUrl.replace(assignment.id, sessionId);
    return decide(context, { kind: 'spawn', sessionId, spec }, { sessionId, shareUrl });
  },
});
