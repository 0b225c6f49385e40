/** `pnpm test:cuts` without what waits: how soon they are cut is judged by the command alone. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { hasRedisServer } from '@treeline/test-support/redis-server.ts';
import { expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../infra/cuts.mjs');
const LIMIT_MS = 240_000;

it.skipIf(!hasRedisServer)(
  'AUTH-4 AUTH-6 AUTH-8 AUTH-9 EDGE-4 what is ended while it is used is cut off on every relay, and nobody else notices',
  () => {
    const args = [PROGRAM, '--heard', '--no-times'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT_MS });
    expect({ status, said: status === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ status: 0, said: '' });
    expect(stdout.match(/last effect after/g)).toHaveLength(7);
  },
  LIMIT_MS,
);
