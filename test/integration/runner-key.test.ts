/** A runner renews its key by itself, and goes on with the new one, whatever happens to it. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyView } from '@treeline/shared';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { getSession, startSession } from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { expect, test } from 'vitest';

/** It is renewed after two thirds of it. */
const LIFE_MS = 24_000;
const held = useRig({
  store: 'embedded',
  relayEnv: { TREELINE_RUNNER_KEY_MS: String(LIFE_MS), TREELINE_HEARTBEAT_MS: '1000' },
});

test('AUTH-10 a runner renews its key before it runs out, and a daemon that dies then comes back with the new one', async () => {
  const { rig } = held;
  const runner = await rig.runner('kitchen-pi');
  const first = keyOf(runner);
  const keysOf = async (): Promise<KeyView[]> => {
    const { keys } = await rig.api.listKeys();
    return keys.filter(({ kind }) => kind === 'runner');
  };
  const [made] = await keysOf();
  expect(made?.expiresAt).toBe((made?.createdAt ?? 0) + LIFE_MS);

  await until('the first key has ended', async () => (await keysOf()).some(({ ended }) => ended !== undefined));
  const keys = await keysOf();
  expect(keys.map(({ id, ended }) => [id === made?.id, ended])).toEqual([
    [true, 'revoked'],
    [false, undefined],
  ]);
  const second = keyOf(runner);
  expect(second).not.toBe(first);
  expect(statSync(credentials(runner)).mode & 0o777).toBe(0o600);
  expect(runner.log() + rig.relay.log()).not.toContain(second.split('_')[3]);

  await runner.crash();
  await runner.start();
  const session = await startSession(rig, { prompt: [{ say: 'still here' }], runner });
  await until('the session is over', async () => (await getSession(rig, session)).lifecycle.state === 'idle');
});

function credentials({ home }: RunnerProcess): string {
  return join(home, 'credentials.json');
}

function keyOf(runner: RunnerProcess): string {
  return (JSON.parse(readFileSync(credentials(runner), 'utf8')) as { key: string }).key;
}
