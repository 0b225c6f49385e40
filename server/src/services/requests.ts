/** Idempotency keys: the first request under a key is carried out, every later one gets the same result. */
import { createHash } from 'node:crypto';
import { TreelineError } from '@treeline/shared';
import type { Draft } from '../domain/draft.ts';

/** Runs `decide` once per key for ever, in the commit that remembers the result. Throws key_reused for another body. */
export function once<T>(
  draft: Draft,
  request: { scope: string; key: string | undefined; body: unknown },
  decide: () => T,
): { value: T; first: boolean } {
  const { scope, key, body } = request;
  if (key === undefined) return { value: decide(), first: true };
  const id = `${scope}:${key}`;
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  const known = draft.get('request', id);
  if (known !== undefined) {
    if (known.digest !== digest)
      throw new TreelineError('key_reused', `The key "${key}" was used before with another body`);
    return { value: known.result as T, first: false };
  }
  const value = decide();
  draft.put('request', id, { digest, result: value });
  return { value, first: true };
}
