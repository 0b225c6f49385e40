/** The viewer in a real browser, against a real relay and real runners. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { untilAsked, untilEnded, untilSession } from '@treeline/test-support/sessions.ts';
import { hasChromium, openBrowser, signIn, visitor, type Visitor } from './browser.ts';
import { CONTEXT, OPTIONS, PLAN, QUESTION, startTitled } from './staging.ts';

const CHOSEN = 'ES256: shorter tokens';

describe.skipIf(!hasChromium)('the viewer', () => {
  const it = useRig({ store: 'embedded' });
  let browser: Browser;
  let pi: RunnerProcess;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    pi = await it.rig.runner('kitchen-pi');
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const complaints = visitors.flatMap((one) => one.complaints);
    for (const { context } of visitors.splice(0)) await context.close();
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`);
  });

  async function visit(size: 'phone' | 'desktop' = 'desktop'): Promise<Visitor> {
    const who = await visitor(browser, { size, scheme: 'light' });
    visitors.push(who);
    return who;
  }
  async function signedIn(size: 'phone' | 'desktop' = 'desktop'): Promise<Visitor> {
    const who = await visit(size);
    await signIn(who, it.rig);
    return who;
  }
  /** In the transcript itself: what is read aloud stands on the page a second time. */
  const said = (page: Page, text: string) =>
    page.getByRole('region', { name: 'Transcript' }).getByText(text, { exact: true }).waitFor();
  const open = ({ page }: Pick<Visitor, 'page'>, path: string) => page.goto(`${it.rig.relay.url}${path}`);

  /** A leaf asks; its parent passes the question on; the root knows nothing of it. */
  async function threeDeep(question: string) {
    const start = { runner: pi };
    const root = await startTitled(it.rig, { ...start, title: 'Release', steps: [{ waitForMessage: true }] });
    const middle = await startTitled(it.rig, {
      ...start,
      title: 'Refactor',
      steps: [{ escalate: CONTEXT }, { waitForMessage: true }],
      parentId: root,
    });
    const leaf = await startTitled(it.rig, {
      ...start,
      title: 'Matrix',
      steps: [{ ask: { question, options: OPTIONS } }, { say: 'Going on with: $answer' }, { finish: 'All green' }],
      parentId: middle,
    });
    await untilSession(it.rig, leaf, { what: 'the leaf needs a person', is: ({ status }) => status === 'needs_you' });
    return { root, middle, leaf };
  }

  test('signs in by a typed code, goes where it was bound, and signs out', async () => {
    const who = await visit();
    const { code } = await it.rig.api.createSignInCode();
    await open(who, '/runners');
    await who.page.getByLabel('One-time code').fill('AAAA-AAAA');
    await who.page.keyboard.press('Enter');
    await who.page.getByText('this code is wrong').waitFor();
    await who.page.getByLabel('One-time code').fill(code.toLowerCase());
    await who.page.keyboard.press('Enter');
    await who.page.getByRole('article', { name: 'kitchen-pi' }).waitFor();
    expect(new URL(who.page.url()).pathname).toBe('/runners');
    await open(who, '/settings');
    await who.page.getByRole('button', { name: 'Sign out' }).click();
    await who.page.getByLabel('One-time code').waitFor();
    await open(who, '/sessions');
    await who.page.getByLabel('One-time code').waitFor();
  });

  test('pairs by a link, whose code is at once out of the address and works once', async () => {
    const { code } = await it.rig.api.createSignInCode();
    const first = await visit('phone');
    await open(first, `/pair#${code}`);
    await first.page.getByRole('navigation', { name: 'Areas' }).waitFor();
    expect(first.page.url()).not.toContain(code);
    const second = await visit('phone');
    await open(second, `/pair#${code}`);
    await second.page.getByText('this code is wrong').waitFor();
    expect(second.page.url()).not.toContain(code);
  });

  test('pairs a phone from the settings, by a link that is also a picture', async () => {
    const { page } = await signedIn();
    await open({ page }, '/settings');
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByRole('img', { name: 'The link as a code for a camera' }).waitFor();
    const link = await page.getByText(/\/pair#/).innerText();
    const phone = await visit('phone');
    await phone.page.goto(link);
    await phone.page.getByRole('navigation', { name: 'Areas' }).waitFor();
  });

  test('answers a question from three levels down, and shows the answer reach the agent', async () => {
    const { root, leaf } = await threeDeep(QUESTION);
    const { page } = await signedIn('phone');
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
    await it.rig.api.stopSession({ params: { id: root }, body: { tree: true } });
  });

  test('a root says what waits below it, in the list, in its tree, and above its composer', async () => {
    const question = 'Does the root show it?';
    const { root, leaf } = await threeDeep(question);
    const { page } = await signedIn();
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
    await it.rig.api.stopSession({ params: { id: root }, body: { tree: true } });
  });

  test('of two browsers that answer at once, one counts and the other reads whose it was', async () => {
    const question = 'Left or right?';
    const id = await startTitled(it.rig, {
      title: 'Fork in the road',
      runner: pi,
      steps: [{ ask: { question, options: ['Left', 'Right'] } }, { say: 'Went: $answer' }],
    });
    const [one, two] = await Promise.all([signedIn(), signedIn('phone')]);
    const left = one.page.getByRole('article', { name: /Fork/ }).getByRole('button', { name: 'Left' });
    const right = two.page.getByRole('article', { name: /Fork/ }).getByRole('button', { name: 'Right' });
    await Promise.all([open(one, '/inbox'), open(two, '/inbox')]);
    await Promise.all([left.waitFor(), right.waitFor()]);
    // Both have pressed before either answer has arrived; the left one overtakes.
    const overtaken = new Promise<void>((resolve) => {
      void two.page.route('**/respond', async (route) => {
        await left.click();
        await one.page.getByText(/^Answered by /).waitFor();
        await route.continue();
        resolve();
      });
    });
    await right.click();
    await overtaken;
    await Promise.all([one, two].map(({ page }) => page.getByText(/^Answered by /).waitFor()));
    const trigger = (await it.rig.api.listTriggers({ query: { session: id, state: 'all' } })).triggers[0];
    const counted = trigger?.state.state === 'answered' ? trigger.state.response : '';
    expect(counted).toBe('Left');
    for (const { page } of [one, two])
      await page.getByRole('article', { name: /Fork/ }).getByText(counted, { exact: true }).waitFor();
    await open(one, `/s/${id}`);
    await said(one.page, `Went: ${counted}`);
    await it.rig.api.stopSession({ params: { id }, body: {} });
  });

  test('sends an edited plan back to its agent', async () => {
    const id = await startTitled(it.rig, {
      title: 'Docs',
      runner: pi,
      steps: [{ plan: PLAN }, { say: 'Decided: $answer' }],
    });
    await untilAsked(it.rig, id, PLAN);
    const { page } = await signedIn();
    const card = page.getByRole('article', { name: 'Plan from Docs' });
    await card.getByText('Move the docs to the new layout', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Edit…' }).click();
    await card.getByLabel('The plan as it should be').fill('1. Only the README');
    await card.getByRole('button', { name: 'Edit', exact: true }).click();
    await card.getByText(/Sent back with changes by/).waitFor();
    await open({ page }, `/s/${id}`);
    await said(page, 'Decided: 1. Only the README');
    await it.rig.api.stopSession({ params: { id }, body: {} });
  });

  test('takes a question over that is still with its parent', async () => {
    const parent = await startTitled(it.rig, { title: 'Busy parent', runner: pi, steps: [{ sleep: 120_000 }] });
    await startTitled(it.rig, {
      title: 'Asking child',
      runner: pi,
      steps: [{ ask: { question: 'Anybody?' } }],
      parentId: parent,
    });
    const { page } = await signedIn();
    await open({ page }, '/inbox');
    const card = page.getByRole('article', { name: 'Question from Asking child' });
    await card.getByText(/with parent, \d+:\d\d left/).waitFor();
    await card.getByRole('button', { name: 'Take over' }).click();
    await card.getByText('with parent').waitFor({ state: 'detached' });
    await page.getByText('1 needs you').waitFor();
    await it.rig.api.stopSession({ params: { id: parent }, body: { tree: true } });
  });

  test('starts a session from the sheet by keyboard alone, talks to it, and stops it', async () => {
    const { page } = await signedIn();
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
    for (let at = 0; at < 3; at++) await page.keyboard.press('Tab');
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
      runner: pi,
      steps: [{ ask: { question: 'Which key?', options: ['First', 'Second'] } }, { say: 'Pressed: $answer' }],
    });
    const { page } = await signedIn();
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
    await it.rig.api.stopSession({ params: { id }, body: {} });
  });

  test('makes a key and a join command, and ends the key', async () => {
    const { page } = await signedIn();
    await open({ page }, '/settings');
    await page.getByLabel('Name of a new key').fill('scripts');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByText(/^tl_user_/).waitFor();
    await page.getByRole('button', { name: 'Revoke scripts' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('button', { name: 'Revoke scripts' }).waitFor({ state: 'detached' });
    await open({ page }, '/runners/add');
    await page.getByText(/^tl_join_/).waitFor();
    await it.rig.runner('late-comer');
    await page.getByText('late-comer is online').waitFor();
  });

  test('a page that stays open while the relay is killed says so, comes back, and misses nothing', async () => {
    const id = await startTitled(it.rig, {
      title: 'Survivor',
      runner: pi,
      steps: [
        { say: 'Before' },
        { waitForMessage: true },
        { ask: { question: 'Still there?', options: ['Yes'] } },
        { say: 'After: $answer' },
      ],
    });
    const { page } = await signedIn();
    await open({ page }, `/s/${id}`);
    await said(page, 'Before');
    await it.rig.relay.kill9();
    await page.getByText(/Offline · as of/).waitFor();
    await page.getByLabel('Message', { exact: true }).fill('written offline');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('not sent').waitFor();
    await it.rig.relay.start();
    await page.getByText(/Offline/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
    await said(page, 'After: Yes');
    expect(await page.getByRole('region', { name: 'Transcript' }).getByText('Before', { exact: true }).count()).toBe(1);
    await it.rig.api.stopSession({ params: { id }, body: {} });
  });

  test('no answer can be sent while what is shown may be stale', async () => {
    const id = await startTitled(it.rig, {
      title: 'Stale',
      runner: pi,
      steps: [{ ask: { question: 'Stale?', options: ['Go'] } }],
    });
    const { page } = await signedIn();
    await open({ page }, '/inbox');
    const go = page.getByRole('article', { name: /Stale/ }).getByRole('button', { name: 'Go' });
    await go.waitFor();
    await it.rig.relay.stop();
    await page.getByText('Offline: answers wait until the relay is back').waitFor();
    expect(await go.isDisabled()).toBe(true);
    await it.rig.relay.start();
    await expect.poll(() => go.isEnabled(), { timeout: 20_000 }).toBe(true);
    await it.rig.api.stopSession({ params: { id }, body: {} });
  });
});
