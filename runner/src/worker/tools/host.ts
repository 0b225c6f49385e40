/** Treeline's tools, as the worker offers them to its agent. */
import { ZodError } from 'zod';
import type { ToolHost } from '../../agents/agent.ts';
import { askUserQuestion } from './ask-user-question.ts';
import { escalateTrigger } from './escalate-trigger.ts';
import { listChildren, listRunners } from './listing.ts';
import { respondToTrigger } from './respond-to-trigger.ts';
import { spawnSession } from './spawn-session.ts';
import { submitPlan } from './submit-plan.ts';
import { tellChild } from './tell-child.ts';
import { problem, type Tool, type ToolContext } from './tool.ts';

const TOOLS: readonly Tool[] = [
  spawnSession,
  respondToTrigger,
  escalateTrigger,
  tellChild,
  askUserQuestion,
  submitPlan,
  listChildren,
  listRunners,
];

export function createToolHost(context: ToolContext): ToolHost {
  return {
    definitions: TOOLS.map((tool) => tool.definition),
    async call(name, args, options) {
      const tool = TOOLS.find((candidate) => candidate.definition.name === name);
      if (tool === undefined) return problem('bad_request', `There is no tool ${name}`);
      try {
        return await tool.run(args, context, options);
      } catch (error) {
        if (error instanceof ZodError)
          return problem('bad_request', `${name}: ${error.issues[0]?.message ?? 'not valid'}`);
        return problem('internal', `${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}
