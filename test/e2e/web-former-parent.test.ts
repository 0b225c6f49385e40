/** A session whose parent is gone: its info tab says which it was, and why. */
import { untilEnded } from '@treeline/test-support/sessions.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { until } from '@treeline/test-support/until.ts';
import type { SessionId } from '@treeline/shared';
import { describe, expect, test } from 'vitest';
import { expectAccessible, hasChromium, STORE } from './browser.ts';
import { startTitled } from './staging.ts';
import { useViewer } from './viewer.ts';

describe.skipIf(!hasChromium)('a session that had a parent', () => {
  const it = useViewer(STORE);
  let tries = 0;

  const start = (title: string, runner: RunnerProcess, parentId?: SessionId) =>
    startTitled(it.rig, {
      title,
      runner,
      steps: [{ waitForMessage: true }],
      ...(parentId !== undefined && { parentId }),
    });

  test('says that the parent was deleted', async () => {
    const parent = await start('Old parent', it.pi);
    const child = await start('Orphan', it.pi, parent);
    await it.rig.api.stopSession({ params: { id: parent }, body: { tree: false } });
    await untilEnded(it.rig, parent);
    const who = await it.signedIn('phone');
    await it.open(who, `/s/${child}?tab=info`);
    await who.page.getByRole('navigation', { name: 'Ancestors' }).getByText('Old parent').waitFor();
    expect(await who.page.getByText('Was under').count()).toBe(0);
    await it.rig.api.deleteSession({ params: { id: parent } });
    await who.page.getByText('That session was deleted').waitFor();
    await who.page.getByText(parent, { exact: true }).waitFor();
    await expectAccessible(who.page, 'info of a session whose parent was deleted');
    await it.stopTree(child);
  });

  test('says that the relay lost its records, and where it was once that is back', async () => {
    tries += 1;
    const desk = await it.rig.runner(`desk${tries}`);
    const parent = await start('Parent elsewhere', it.pi);
    const child = await start('Brought back', desk, parent);
    const again = async (runner: RunnerProcess) => {
      await runner.stop('leave');
      await runner.join();
      await runner.start();
    };
    await it.rig.loseStore();
    await again(desk);
    await until('the child is brought back', () => it.rig.api.getSession({ params: { id: child } }));
    const who = await it.signedIn();
    await it.open(who, `/s/${child}?tab=info`);
    await who.page.getByText('should its runner bring it back').waitFor();
    await who.page.getByText(parent, { exact: true }).waitFor();
    await who.page.getByText('by somebody whose name was lost').waitFor();
    await again(it.pi);
    await who.page.getByText('only if the log there says').waitFor();
    await who.page.getByRole('main').getByRole('link', { name: 'Parent elsewhere' }).waitFor();
    await expectAccessible(who.page, 'info of a session that was brought back');
  });
});
