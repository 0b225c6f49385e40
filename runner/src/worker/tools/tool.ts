/** Declaring a tool once: what the model reads, what it may send, and what happens then. */
import { ERRORS, type Assignment, type ErrorCode } from '@treeline/shared';
import { z } from 'zod';
import type { ToolDefinition, ToolResult } from '../../agents/agent.ts';
import type { Decisions } from '../decisions.ts';
import type { DaemonLink } from '../link.ts';
import type { Questions } from '../questions.ts';
import type { FactBody } from '../recorder.ts';

/** What tools work with. */
export interface ToolContext {
  readonly assignment: Assignment;
  readonly decisions: Decisions;
  readonly questions: Questions;
  readonly link: Pick<DaemonLink, 'query' | 'relayOnline'>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly patienceMs?: number | undefined;
}

export interface Tool {
  readonly definition: ToolDefinition;
  /** `args` as they came from the model. Rejects when they are not valid. */
  run(args: unknown, context: ToolContext, options: CallOptions): Promise<ToolResult>;
}

export interface ToolSpec<A extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly args: A;
  readonly run: (args: z.output<A>, context: ToolContext, options: CallOptions) => Promise<ToolResult>;
}

export function defineTool<A extends z.ZodObject>({ name, description, args, run }: ToolSpec<A>): Tool {
  return {
    definition: { name, description, inputSchema: jsonSchemaOf(args) },
    run: (input, context, options) => {
      const parsed = args.safeParse(input ?? {});
      if (parsed.success) return run(parsed.data, context, options);
      const problems = parsed.error.issues.map(
        (issue) => `${issue.path.map(String).join('.') || 'arguments'}: ${issue.message}`,
      );
      return Promise.resolve(problem('bad_request', `The arguments of ${name} are not valid: ${problems.join('; ')}`));
    },
  };
}

/** Plain JSON Schema as every agent accepts it: no `$schema`, ids as strings. */
function jsonSchemaOf(args: z.ZodObject): ToolDefinition['inputSchema'] {
  const { $schema: _, ...schema } = z.toJSONSchema(args, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'custom') jsonSchema.type = 'string';
    },
  });
  return schema;
}

export function ok(value: unknown): ToolResult {
  return { text: JSON.stringify(value), isError: false };
}

export function problem(code: ErrorCode, message: string): ToolResult {
  return { text: `${message} [${code}] ${ERRORS[code].hint}`, isError: true };
}

/** Records a decision and says what the store made of it. */
export async function decide(
  context: ToolContext,
  body: FactBody,
  result: Record<string, unknown>,
): Promise<ToolResult> {
  const decision = context.decisions.submit(body);
  const verdict = await decision.verdict;
  decision.release();
  if (verdict.is === 'applied') return ok(result);
  if (verdict.is === 'refused') return problem(verdict.refusal.code, verdict.refusal.message);
  const why = context.link.relayOnline === true ? 'the relay has not confirmed it yet' : 'the relay is not reachable';
  return ok({
    ...result,
    recordId: decision.record.id,
    note: `Recorded; ${why}, so it takes effect when the relay is back. If it is refused then, a message will say so.`,
  });
}
