/** LOG-13: the disk of a runner is full for a while. On a small disk of its own, which only root may make. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionId } from '@treeline/shared';
import { kill9 } from '@treeline/test-support/processes.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { faultsOf, readFrames, readRecords, textOf } from '@treeline/test-support/session-log.ts';
import { getSession, startSession, untilEnded } from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillUp } from '../faults/full-disk.ts';

const disk = mkdtempSync(join(tmpdir(), 'treeline-small-disk-'));
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m,mode=0700', 'tmpfs', disk]).status === 0;
const EVENTS = 3000;

// Declared before the rig, so that it comes after it.
afterAll(() => {
  if (isMounted) spawnSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.skipIf(!isMounted)(`a runner on a small disk${isMounted ? '' : ' (this user may not mount one)'}`, () => {
  const held = useRig({ store: 'embedded', relayEnv: { TREELINE_HEARTBEAT_MS: '1000' } });
  let runner: RunnerProcess;
  beforeAll(async () => {
    mkdirSync(join(held.rig.folder, 'runners'));
    symlinkSync(disk, join(held.rig.folder, 'runners', 'small'));
    runner = await held.rig.runner('small');
  });

  const said = async (id: SessionId) => textOf(await readRecords(held.rig.api, id));
  const refuses = async () => (await held.rig.api.listRunners()).runners[0]?.health?.refuses;

  test('LOG-13 holds its agents, still takes decisions, answers and the end of a dead worker, refuses new sessions, and goes on by itself', async () => {
    const { rig } = held;
    const flood = { emit: { count: EVENTS, bytes: 300, perSecond: 100 } };
    const busy = await startSession(rig, {
      prompt: [flood, { waitForMessage: true }, { finish: 'all of it' }],
      runner,
    });
    const asking = await startSession(rig, {
      prompt: [{ ask: { question: 'which way?' } }, { say: 'told $answer' }],
      runner,
    });
    const dying = await startSession(rig, { prompt: [{ waitForMessage: true }], runner });
    await until('the third is at work', () => runner.workerPid(dying) !== undefined);
    await until('both are at work', async () => {
      const { openTriggers } = await getSession(rig, asking);
      return openTriggers.length > 0 && (await said(busy)).includes('50 xxx');
    });

    const giveBack = fillUp(disk);
    try {
      await until('the agent is held, and its log says so', async () =>
        (await said(busy)).includes('disk of this runner is full'),
      );
      await until('the relay knows', async () => (await refuses())?.includes('disk is full') === true);
      const [trigger] = (await getSession(rig, asking)).openTriggers;
      await rig.api.respondToTrigger({ params: { id: trigger as never }, body: { response: 'to the left' } });
      await rig.api.sendMessage({ params: { id: busy }, body: { text: 'well done' } });
      await until('answer and prompt are on the full disk', () => {
        return (
          runner.sessionFile(asking, 'inbox').includes('to the left') &&
          runner.sessionFile(busy, 'inbox').includes('well done')
        );
      });
      const worker = runner.workerPid(dying);
      expect(worker).toBeGreaterThan(1);
      if (worker !== undefined) kill9(worker);
      expect(JSON.stringify((await untilEnded(rig, dying)).lifecycle)).toContain('failed');
      const refused = await untilEnded(rig, await startSession(rig, { prompt: 'one more', runner }));
      expect(JSON.stringify(refused.lifecycle)).toContain('disk is full');
      expect((await getSession(rig, busy)).lifecycle.state).toBe('running');
    } finally {
      giveBack();
    }

    const ended = await untilEnded(rig, busy);
    expect(JSON.stringify(ended.lifecycle)).toContain('completed');
    await until('the answer has its effect', async () => (await said(asking)).includes('told to the left'));
    await until('the relay knows', async () => (await refuses()) === undefined);
    expect(faultsOf(await readFrames(rig.api, busy))).toEqual([]);
    const numbers = [...(await said(busy)).matchAll(/"text":"(\d+) x+"/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: EVENTS }, (_, index) => index));
  });
});
