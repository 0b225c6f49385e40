/** `pnpm test:fuzz` with few inputs: how long they take and what they hold is judged by the command alone. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../infra/fuzz.mjs');
const LIMIT_MS = 240_000;

it(
  'EDGE-1 EDGE-2 what is not right changes nothing and ends nothing, whatever it is and wherever it is sent',
  () => {
    const args = [PROGRAM, '--count', '800', '--seed', '1', '--no-times'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT_MS });
    expect({ status, said: status === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ status: 0, said: '' });
    expect(stdout).toContain('800 inputs of seed 1');
  },
  LIMIT_MS,
);

it(
  'EDGE-2 who holds on to the relay, or throws too much at it, takes it from nobody else',
  () => {
    const args = [PROGRAM, '--edge', '--slow', '200', '--connections', '1500'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT_MS });
    expect({ status, said: status === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ status: 0, said: '' });
    expect(stdout).toContain('refused in words');
  },
  LIMIT_MS,
);
