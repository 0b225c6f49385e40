/** The two read-only tools, which ask the relay. */
import { z } from 'zod';
import { defineTool, ok, problem, type Tool, type ToolContext } from './tool.ts';

export const listChildren: Tool = defineTool({
  name: 'list_children',
  description: 'Lists your child sessions with their state, their summary, and what they wait for.',
  args: z.strictObject({}),
  run: (_args, context) => ask(context, 'list_children'),
});

export const listRunners: Tool = defineTool({
  name: 'list_runners',
  description: 'Lists the machines on which you can start sessions, with their agents, labels and free capacity.',
  args: z.strictObject({}),
  run: (_args, context) => ask(context, 'list_runners'),
});

async function ask({ link }: ToolContext, what: 'list_children' | 'list_runners') {
  try {
    return ok(await link.query(what));
  } catch (error) {
    return problem('unavailable', `${what} got no answer: ${error instanceof Error ? error.message : String(error)}`);
  }
}
