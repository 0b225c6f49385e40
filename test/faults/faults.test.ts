/**
 * LOG, INB, TREE, TRG and VIEW while things break: `pnpm test:faults` for less than a minute on each store, with a seed
 * of its own each time, which a failure shows.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { hasRedisServer } from '@treeline/test-support/redis-server.ts';
import { describe, expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../infra/faults.mjs');
const LIMIT_MS = 240_000;

function runFaults(store: 'redis' | 'embedded'): void {
  const args = [PROGRAM, '--store', store, '--minutes', '0.5', '--settle', '60', '--quiet'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT_MS });
  expect({ status, said: status === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ status: 0, said: '' });
  expect(stdout).toContain('0 lost, 0 duplicated, 0 reordered, 0 otherwise wrong');
}

describe('whatever breaks, what was acknowledged is there, once, in order', () => {
  test('on the embedded store', () => runFaults('embedded'), LIMIT_MS);
  test.skipIf(!hasRedisServer)('on Redis, with two relays', () => runFaults('redis'), LIMIT_MS);
});
