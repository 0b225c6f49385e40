/** JSON from outside: bounded before any schema, which would overflow the stack on deep nesting. */
import type { z } from 'zod';
import { TreelineError } from './errors.ts';
import { LIMITS } from './limits.ts';

/** Whether a value nests at most `max` levels. Does not recurse. */
export function isShallow(value: unknown, max: number = LIMITS.jsonDepth): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > max) return false;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Array.isArray(item) ? item : Object.values(item)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return true;
}

/** Parses a value from outside; throws bad_request that names the first field at fault. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  if (!isShallow(value)) throw new TreelineError('bad_request', `${what} nests deeper than ${LIMITS.jsonDepth} levels`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  throw new TreelineError('bad_request', `${what} is not valid${path}: ${issue?.message ?? 'unknown problem'}`);
}

/** Parses JSON text from outside. */
export function parseJson<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TreelineError(
      'bad_request',
      `${what} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return parseInput(schema, value, what);
}
