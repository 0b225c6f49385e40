/** The scripted agent's language: a prompt that is a JSON array of steps. `$answer`, `$message` and `$child` stand for the last ones received. */
import { z } from 'zod';
import { Text } from './vocabulary.ts';

const ms = z
  .number()
  .int()
  .nonnegative()
  .max(24 * 3600_000);

const say = z.strictObject({ say: Text });
const think = z.strictObject({ think: Text });
const tool = z.strictObject({
  tool: z.object({ name: z.string(), input: z.unknown().optional(), output: z.unknown().optional() }),
});
const ask = z.strictObject({
  ask: z.object({ question: Text, options: z.array(z.string()).optional(), escalateAfterMs: ms.optional() }),
});
const plan = z.strictObject({ plan: Text });
/** Asks before it runs something, as agents with a permission mode do; the decision's action is the answer. */
const permission = z.strictObject({
  permission: z.object({
    title: Text,
    command: Text.optional(),
    toolKind: z.string().optional(),
    why: Text.optional(),
  }),
});
const respond = z.strictObject({ respond: Text });
const escalate = z.strictObject({ escalate: Text });
const tell = z.strictObject({ tell: Text });
const waitForChildren = z.strictObject({ waitForChildren: z.literal(true) });
const waitForMessage = z.strictObject({ waitForMessage: z.literal(true) });
const emit = z.strictObject({
  emit: z.object({
    count: z.number().int().positive().max(10_000_000),
    bytes: z.number().int().positive().max(65_536),
    perSecond: z.number().positive().optional(),
  }),
});
const sleep = z.strictObject({ sleep: ms });
const crash = z.strictObject({ crash: z.number().int().min(0).max(255) });
const hang = z.strictObject({ hang: z.literal(true) });
const finish = z.strictObject({ finish: Text });

export interface SpawnStep {
  spawn: {
    script: ScriptStep[] | string;
    agent?: string | undefined;
    runnerId?: string | undefined;
    cwd?: string | undefined;
    title?: string | undefined;
  };
}

const simpleSteps = [
  say,
  think,
  tool,
  ask,
  plan,
  permission,
  respond,
  escalate,
  tell,
  waitForChildren,
  waitForMessage,
  emit,
  sleep,
  crash,
  hang,
  finish,
] as const;
export type ScriptStep = z.infer<(typeof simpleSteps)[number]> | SpawnStep;

const spawn: z.ZodType<SpawnStep> = z.strictObject({
  spawn: z.object({
    get script() {
      return z.union([z.array(ScriptStep), z.string()]);
    },
    agent: z.string().optional(),
    runnerId: z.string().optional(),
    cwd: z.string().optional(),
    title: z.string().optional(),
  }),
});

export const ScriptStep: z.ZodType<ScriptStep> = z.lazy(() => z.union([...simpleSteps, spawn]));
export const Script = z.array(ScriptStep);
