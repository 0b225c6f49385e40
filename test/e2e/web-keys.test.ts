/** The keyboard alone. */
import type { Page } from 'playwright-core';
import { newId } from '@treeline/shared';
import { describe, expect, test } from 'vitest';
import { hasChromium, STORE } from './browser.ts';
import { startTitled } from './staging.ts';
import { said, useViewer } from './viewer.ts';

describe.skipIf(!hasChromium)('by keyboard', () => {
  const it = useViewer(STORE, { regulars: true });

  test('starts a session from the sheet by keyboard alone, talks to it, and stops it', async () => {
    const { page } = await it.signedIn();
    await page.keyboard.press('n');
    await page.getByRole('dialog', { name: 'New session' }).waitFor();
    const task = page.getByLabel('Task');
    await expect.poll(() => task.evaluate((field) => field.matches(':focus'))).toBe(true);
    const steps = JSON.stringify([
      { say: 'Hello from the sheet' },
      { waitForMessage: true },
      { say: 'Heard: $message' },
      { sleep: 120_000 },
    ]);
    await page.keyboard.insertText(steps);
    await page.keyboard.press('Tab');
    await page.keyboard.type('scripted');
    for (let at = 0; at < 4; at++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await said(page, 'Hello from the sheet');
    expect(new URL(page.url()).pathname).toMatch(/^\/s\/ses_/);
    await page.getByLabel('Message', { exact: true }).fill('a word from the page');
    await page.locator('label', { hasText: 'Now' }).click();
    await page.getByLabel('Message', { exact: true }).press('Control+Enter');
    await said(page, 'Heard: a word from the page');
    await page.getByRole('button', { name: 'Stop' }).press('Enter');
    await page.getByRole('button', { name: 'Stop this session' }).press('Enter');
    await page.getByRole('heading', { level: 1 }).locator('..').getByText('stopped').waitFor();
  });

  test('finds its way by keys: g i, g s, arrows in the tree, digits in the inbox', async () => {
    const id = await startTitled(it.rig, {
      title: 'By keys',
      runner: it.pi,
      steps: [{ ask: { question: 'Which key?', options: ['First', 'Second'] } }, { say: 'Pressed: $answer' }],
    });
    const { page } = await it.signedIn();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Choose an answer').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('article', { name: 'Question from By keys' }).waitFor();
    await page.keyboard.press('2');
    await page.getByText('agent resumed').waitFor();
    await page.goto(`${it.rig.relay.url}/sessions?view=tree`);
    await page.getByRole('treeitem', { name: /By keys/ }).focus();
    await page.keyboard.press('Enter');
    await said(page, 'Pressed: Second');
    await it.stopTree(id);
  });

  test('somebody signs in, answers, starts a session and stops it without a mouse', async () => {
    const id = await startTitled(it.rig, {
      title: 'No mouse',
      runner: it.pi,
      steps: [{ ask: { question: 'Left or right?', options: ['Left', 'Right'] } }, { say: 'Chosen: $answer' }],
    });
    const { page } = await it.visit();
    const { code } = await it.rig.api.createSignInCode();
    await it.open({ page }, '/login');
    await tabTo(page, 'One-time code');
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'Question from No mouse' }).waitFor();
    await page.keyboard.press('2');
    await page.getByText('agent resumed').waitFor();
    await page.keyboard.press('n');
    await page.getByRole('dialog', { name: 'New session' }).waitFor();
    await page.keyboard.insertText(JSON.stringify([{ say: 'Begun' }, { sleep: 120_000 }]));
    await tabTo(page, 'Agent');
    await page.keyboard.type('scripted');
    await tabTo(page, 'Start');
    await page.keyboard.press('Enter');
    await said(page, 'Begun');
    await page.keyboard.press('.');
    await tabTo(page, 'Stop this session');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1 }).locator('..').getByText('stopped').waitFor();
    await it.stopTree(id);
  });

  test('the palette finds a session by a few letters, and the picture of its tree opens what it names', async () => {
    // A root of an earlier try has another name.
    const letters = newId('session').slice(-4);
    const title = `Release ${letters}`;
    const { root, leaf } = await it.threeDeep('In the picture?', title);
    const { page } = await it.signedIn();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Session or screen' }).waitFor();
    await page.keyboard.type(letters);
    await page.getByRole('option', { name: title }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByRole('tab', { name: 'Tree' }).click();
    const node = page.getByRole('link', { name: `${title}, ` });
    await node.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press(' ');
    await page.getByRole('region', { name: 'Peek: Matrix' }).waitFor();
    await page.getByText('Timeline', { exact: true }).click();
    await page.getByRole('button', { name: /^Matrix: worked .* waited .* now needs you$/ }).waitFor();
    await page.getByText('Picture', { exact: true }).click();
    await page.getByRole('link', { name: /^Matrix, needs you/ }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Matrix' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/s/${leaf}`);
    await it.stopTree(root);
  });
});

/** Presses Tab until the control of that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const LIMIT = 60;
  for (let presses = 0; presses < LIMIT; presses++) {
    const here = String(await page.evaluate(FOCUSED));
    if (here.trim() === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${name}`);
}

/** In the page: the label of what has the focus. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  return [...(at?.labels ?? [])].map((label) => label.textContent).join() || (at?.textContent ?? '');
})()`;
