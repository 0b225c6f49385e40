/**
 * What the scripted model says. The script travels in the prompt, so the model server keeps no state: it works across
 * resume, retries, other processes and many agents at once.
 *
 * A prompt carries it between two markers: `script([{ tool: 'spawn_session', args: { prompt: script([...]) } }])`.
 */
import { z } from 'zod';

export const Step = z.strictObject({
  think: z.string().optional(),
  /** A step without a tool ends the turn; the next message goes on with the step after it. */
  text: z.string().optional(),
  /** Name of the tool as Treeline calls it; agents that rename it are understood. */
  tool: z.string().optional(),
  args: z.unknown().optional(),
  /** Milliseconds before the first token. */
  delayMs: z.number().optional(),
  /** Milliseconds between two pieces of the text. */
  pauseMs: z.number().optional(),
  /** Answer with this HTTP status instead, the first `times` times (default: always). */
  status: z.number().int().optional(),
  times: z.number().int().positive().optional(),
});
export type Step = z.infer<typeof Step>;

/** What to do when a later message comes that carries no script of its own. Each rule is used once, the first that matches. */
export const Rule = z.strictObject({
  /** Regular expression, case-insensitive; `$1`…`$9` in the steps are its groups. */
  match: z.string(),
  steps: z.array(Step).min(1),
  /** Forget what is left of the turn that the message interrupts; otherwise the rule comes after it. */
  instead: z.boolean().optional(),
});
export type Rule = z.infer<typeof Rule>;

/** In any text of a step, `$trigger` and `$session` stand for the last `trg_…` and `ses_…` id that the model was shown. */
export const ModelScript = z.strictObject({ steps: z.array(Step), onMessage: z.array(Rule) });
export type ModelScript = z.infer<typeof ModelScript>;

/** The prompt that makes the model play these steps. Nests: the result may stand in the arguments of another script's tool. */
export function script(
  steps: readonly Step[],
  onMessage: readonly Rule[] = [],
  options: { intro?: string } = {},
): string {
  const parsed = ModelScript.parse({ steps, onMessage });
  const json = JSON.stringify(parsed);
  // A script inside a script has quotes inside quotes; in base64 no agent's rendering can break it.
  const body = `<<<SCRIPT ${Buffer.from(json).toString('base64')} SCRIPT>>>`;
  return `${options.intro ?? 'Play this script.'}\n\n${body}`;
}

const marked = /<<<SCRIPT\s+([\s\S]*?)\s+SCRIPT>>>/;

/** The script that a message carries, as JSON (an array of steps or a whole ModelScript) or its base64. Throws when it is malformed. */
export function findScript(text: string): ModelScript | undefined {
  const body = marked.exec(text)?.[1];
  if (body === undefined) return undefined;
  const json = /^[[{]/.test(body) ? body : Buffer.from(body, 'base64').toString('utf8');
  const value: unknown = JSON.parse(json);
  return ModelScript.parse(
    Array.isArray(value) ? { steps: value, onMessage: [] } : { onMessage: [], ...Object(value) },
  );
}
