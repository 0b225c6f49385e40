/** Decisions of people, from the page to the agent: the same tests on each store, a file for each, so that they run side by side. */
import type { SessionId } from '@treeline/shared';
import type { StoreKind } from '@treeline/test-support/rig.ts';
import { untilAsked, untilEnded } from '@treeline/test-support/sessions.ts';
import { expect, test } from 'vitest';
import { CONTEXT, PLAN, QUESTION, startTitled } from './staging.ts';
import { cardOf, said, useViewer } from './viewer.ts';

const CHOSEN = 'ES256: shorter tokens';

export function decisions(store: StoreKind): void {
  const it = useViewer(store, { regulars: true });

  test('answers a question from three levels down, and shows the answer reach the agent', async () => {
    const { root, leaf } = await it.threeDeep(QUESTION);
    const { page } = await it.signedIn('phone');
    const card = page.getByRole('article', { name: 'Question from Matrix' });
    await card.getByText(QUESTION).waitFor();
    expect(await card.getByRole('list', { name: 'Place in the tree' }).innerText()).toMatch(
      /Release[\s›]*Refactor[\s›]*Matrix\s*@ kitchen-pi/,
    );
    await card.getByText(CONTEXT).waitFor();
    const button = card.getByRole('button', { name: CHOSEN });
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(48);
    await button.click();
    await card.getByText('✓ agent resumed').waitFor();
    await card.waitFor({ state: 'detached' });
    await page.getByText('Nothing needs you').first().waitFor();
    await untilEnded(it.rig, leaf);
    await page.goto(`${it.rig.relay.url}/s/${leaf}`);
    await said(page, `Going on with: ${CHOSEN}`);
    await it.stopTree(root);
  });

  test('of two browsers that answer at once, one counts and the other reads whose it was', async () => {
    const question = 'Left or right?';
    const id = await startTitled(it.rig, {
      title: 'Fork in the road',
      runner: it.pi,
      steps: [{ ask: { question, options: ['Left', 'Right'] } }, { say: 'Went: $answer' }],
    });
    const [one, two] = await Promise.all([it.signedIn(), it.signedIn('phone')]);
    const left = one.page.getByRole('article', { name: /Fork/ }).getByRole('button', { name: 'Left' });
    const right = two.page.getByRole('article', { name: /Fork/ }).getByRole('button', { name: 'Right' });
    await Promise.all([it.open(one, '/inbox'), it.open(two, '/inbox')]);
    await Promise.all([left.waitFor(), right.waitFor()]);
    // Both have pressed before either answer has arrived; the left one overtakes.
    const overtaken = new Promise<void>((resolve) => {
      void two.page.route('**/respond', async (route) => {
        await left.click();
        await cardOf(one.page, 'Fork in the road')
          .getByText(/^Answered by /)
          .waitFor();
        await route.continue();
        resolve();
      });
    });
    await right.click();
    await overtaken;
    await Promise.all(
      [one, two].map(({ page }) =>
        cardOf(page, 'Fork in the road')
          .getByText(/^Answered by /)
          .waitFor(),
      ),
    );
    const trigger = (await it.rig.api.listTriggers({ query: { session: id, state: 'all' } })).triggers[0];
    const counted = trigger?.state.state === 'answered' ? trigger.state.response : '';
    expect(counted).toBe('Left');
    for (const { page } of [one, two])
      await page.getByRole('article', { name: /Fork/ }).getByText(counted, { exact: true }).waitFor();
    await it.open(one, `/s/${id}`);
    await said(one.page, `Went: ${counted}`);
    await it.stopTree(id);
  });

  test('sends an edited plan back to its agent', async () => {
    const id = await startTitled(it.rig, {
      title: 'Docs',
      runner: it.pi,
      steps: [{ plan: PLAN }, { say: 'Decided: $answer' }],
    });
    await untilAsked(it.rig, id, PLAN);
    const { page } = await it.signedIn();
    const card = page.getByRole('article', { name: 'Plan from Docs' });
    await card.getByText('Move the docs to the new layout', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Edit…' }).click();
    await card.getByLabel('The plan as it should be').fill('1. Only the README');
    await card.getByRole('button', { name: 'Edit', exact: true }).click();
    await card.getByText(/Sent back with changes by/).waitFor();
    await it.open({ page }, `/s/${id}`);
    await said(page, 'Decided: 1. Only the README');
    await it.stopTree(id);
  });

  test('a root says what waits below it, in the list, in its tree, and above its composer', async () => {
    const question = 'Does the root show it?';
    const { root, leaf } = await it.threeDeep(question);
    const { page } = await it.signedIn();
    await page.goto(`${it.rig.relay.url}/sessions`);
    const line = page.getByRole('region', { name: 'Needs you' }).getByRole('link').first();
    await line.getByText('needs you · 2 levels down').waitFor();
    await line.click();
    await page.getByRole('treeitem', { name: /Release.*needs you · 2 levels down/ }).waitFor();
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reply…' }).click();
    await page.getByLabel('Your answer').fill('Yes, it does');
    await page.keyboard.press('Control+Enter');
    await untilEnded(it.rig, leaf);
    await page.getByRole('treeitem', { name: /Matrix done/ }).waitFor();
    await it.stopTree(root);
  });

  test('takes a question over that is still with its parent', async () => {
    const parent = await startTitled(it.rig, { title: 'Busy parent', runner: it.pi, steps: [{ sleep: 120_000 }] });
    await startTitled(it.rig, {
      title: 'Asking child',
      runner: it.pi,
      steps: [{ ask: { question: 'Anybody?' } }],
      parentId: parent,
    });
    const { page } = await it.signedIn();
    await it.open({ page }, '/inbox');
    const card = page.getByRole('article', { name: 'Question from Asking child' });
    await card.getByText(/with parent, \d+:\d\d left/).waitFor();
    await card.getByRole('button', { name: 'Take over' }).click();
    await card.getByText('with parent').waitFor({ state: 'detached' });
    await page.getByText('1 needs you').waitFor();
    await it.stopTree(parent);
  });

  test('puts a question off on one device for all, and has it back when it is time', async () => {
    const id = await startTitled(it.rig, {
      title: 'Later',
      runner: it.pi,
      steps: [{ ask: { question: 'Not now?', options: ['Now'] } }, { waitForMessage: true }],
    });
    const { id: trigger } = await untilAsked(it.rig, id, 'Not now?');
    const [one, two] = await Promise.all([it.signedIn(), it.signedIn('phone')]);
    await Promise.all([it.open(one, '/inbox'), it.open(two, '/inbox')]);
    await Promise.all([one, two].map(({ page }) => cardOf(page, 'Later').waitFor()));
    await cardOf(one.page, 'Later').getByRole('button', { name: 'Put it off' }).click();
    await one.page.getByRole('menuitem', { name: 'For an hour' }).click();
    for (const { page } of [one, two]) {
      await page.getByText('Nothing needs you').first().waitFor();
      await page.getByText('Put off', { exact: true }).click();
      await cardOf(page, 'Later').getByText('put off until').waitFor();
    }
    await it.rig.api.snoozeTrigger({ params: { id: trigger }, body: { until: Date.now() + 500 } });
    for (const { page } of [one, two]) {
      await page.getByText('1 needs you').waitFor();
      await page.getByText('All', { exact: true }).click();
      await cardOf(page, 'Later').getByRole('button', { name: 'Now' }).waitFor();
    }
    await it.stopTree(id);
  });

  test('allows alike things at once, each of them shown, and what is dangerous only by a second press', async () => {
    const asking = (title: string, command: string) =>
      startTitled(it.rig, {
        title,
        runner: it.pi,
        steps: [
          { permission: { title: 'Run a command', command, toolKind: 'execute', why: 'The tests want it.' } },
          { say: 'Decided: $answer' },
          { waitForMessage: true },
        ],
      });
    const commands = ['pnpm add zod', 'pnpm add express', 'pnpm add vitest'];
    const ids: SessionId[] = [];
    for (const command of commands) ids.push(await asking(command, command));
    const { page } = await it.signedIn();
    await it.open({ page }, '/inbox');
    await page.getByRole('button', { name: 'All 3 like this' }).click();
    const dialog = page.getByRole('dialog', { name: '3 alike' });
    for (const command of commands) await dialog.getByText(command, { exact: true }).last().waitFor();
    await dialog.getByRole('button', { name: 'Allow once: all 3' }).click();
    // It closes when the relay has all three; to leave the page before is to take them back.
    await dialog.waitFor({ state: 'hidden' });
    for (const id of ids) {
      await it.open({ page }, `/s/${id}`);
      await said(page, 'Decided: allow');
      await it.stopTree(id);
    }
    const id = await asking('Cleaning', 'sudo rm -rf /var/cache');
    await it.open({ page }, '/inbox');
    const card = cardOf(page, 'Cleaning');
    await card.getByText('sudo rm -rf /var/cache').waitFor();
    await card.getByText(/on kitchen-pi/).waitFor();
    await card.getByRole('button', { name: /Allow once/ }).click();
    await page.keyboard.press('a');
    await card.getByRole('button', { name: /Allow once.*press again/ }).waitFor();
    await page.keyboard.press('a');
    await card.getByText(/Allowed once by/).waitFor();
    await it.stopTree(id);
  });
}
