/** The limits that the owner of a runner sets, kept by a real daemon and real workers. */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeConfig } from '../home/config.ts';
import { sessionPaths } from '../process/session-folder.ts';
import { daemonLogPath } from './log-path.ts';
import { startFakeRelay, type FakeRelay } from './testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from './testing/test-runner.ts';

const MB = 1024 * 1024;

let relay: FakeRelay;
let runner: TestRunner;
beforeEach(async () => {
  relay = await startFakeRelay();
  runner = await makeTestRunner([relay.url], relay.key);
});
afterEach(async () => {
  await runner.clean();
  await relay.close();
});

async function online(): Promise<void> {
  const daemon = await runner.start();
  await until(() => daemon.state().connected, 'online');
}

describe('a limit of the runner', () => {
  it('ends a session that is idle for longer, and says so; one that works goes on', async () => {
    await changeConfig(runner.home, { sessionLimits: { idleMs: 1000 } });
    await online();
    const busy = await relay.assign({ agent: 'command', cwd: runner.root });
    await relay.prompt(busy.id, 'sleep 600');
    const idle = await relay.assign();
    // It is looked for every five seconds, and has to be seen twice.
    const seen = () => expect(relay.facts(idle.id, 'end')).toHaveLength(1);
    await vi.waitFor(seen, { timeout: 50_000, interval: 50 });
    expect(relay.facts(idle.id, 'end')[0]).toMatchObject({ outcome: 'cancelled' });
    expect(relay.facts(idle.id, 'end')[0]?.detail).toMatch(/idle/);
    expect(relay.facts(busy.id, 'end')).toEqual([]);
  });
});

describe('a log that has grown large', () => {
  const size = (path: string) =>
    stat(path).then(
      (found) => found.size,
      () => undefined,
    );

  it('of the daemon is put aside when it starts', async () => {
    const path = daemonLogPath(runner.home);
    await writeFile(path, 'x'.repeat(9 * MB));
    await runner.spawn();
    expect(await size(`${path}.1`)).toBe(9 * MB);
    expect(await size(path)).toBeLessThan(MB);
  });

  it('of a worker is put aside by the next one', async () => {
    await online();
    const { id } = await relay.assign();
    await relay.prompt(id, JSON.stringify([{ finish: 'one' }]));
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    const { workerLog } = sessionPaths(join(runner.home.sessions, id));
    await writeFile(workerLog, 'x'.repeat(2 * MB));
    await relay.assign({ id, attempt: 2 });
    await until(async () => (await size(`${workerLog}.1`)) !== undefined, 'the log aside');
    expect(await size(`${workerLog}.1`)).toBeGreaterThanOrEqual(2 * MB);
    await until(async () => ((await size(workerLog)) ?? MB) < MB, 'a new log');
  });
});
