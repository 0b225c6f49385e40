/** What the two tools that wait for an answer share. */
import type { Ask } from '@treeline/shared';
import type { ToolResult } from '../../agents/agent.ts';
import type { Answer } from '../questions.ts';
import { UNANSWERED, answeredBy } from '../texts.ts';
import { ok, problem, type CallOptions, type ToolContext } from './tool.ts';

/** Asks, waits, and puts what came of it in words. */
export async function askAndWait(ask: Ask, context: ToolContext, options: CallOptions): Promise<ToolResult> {
  const result = await context.questions.ask(ask, options);
  switch (result.is) {
    case 'settled':
      return settled(result.answer);
    case 'refused':
      return problem(result.refusal.code, result.refusal.message);
    case 'later':
      return ok({
        outcome: 'open',
        triggerId: result.triggerId,
        note: 'Not answered yet. It stays open, and the answer will follow as a message: do not ask again; end your turn or do other work.',
      });
    case 'withdrawn':
      return { text: 'The question was withdrawn before it was answered.', isError: true };
  }
}

function settled(answer: Answer): ToolResult {
  const { outcome, response, action } = answer;
  if (outcome !== 'answered') return ok({ outcome, note: UNANSWERED[outcome] });
  return ok({ outcome, response: response ?? '', ...(action !== undefined && { action }), by: answeredBy(answer) });
}
