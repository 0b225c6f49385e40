/** From a question to the phone in the hand and back, with a real worker in a real browser. */
import { newId, type NotificationsView, type TriggerId } from '@treeline/shared';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startPushService, type PlayedBrowser } from '@treeline/test-support/push-service.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { untilSession } from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { expectAccessible, hasChromium, openBrowser, signIn, SIZES, STORE, visitor, type Visitor } from './browser.ts';
import { allowPushes, press, PushLine, shownBy } from './push.ts';
import { startTitled } from './staging.ts';

const service = await startPushService();

describe.skipIf(!hasChromium)('notifications in the browser', () => {
  const it = useRig({ store: STORE, relayEnv: { TREELINE_ALLOW_OUTBOUND: service.url } });
  let browser: Browser;
  let pi: RunnerProcess;
  let who: Visitor;
  let phone: PlayedBrowser;
  let line: PushLine;

  beforeAll(async () => {
    pi = await it.rig.runner('kitchen-pi');
    browser = await openBrowser();
    who = await visitor(browser, { size: 'phone', scheme: 'light' });
    phone = service.browser();
    await allowPushes(who.context, phone);
    await signIn(who, it.rig);
    line = await PushLine.open(who.page);
  });
  afterAll(async () => {
    await browser?.close();
    await service.close();
  });
  afterEach(() => {
    if (who.complaints.length > 0) throw new Error(`the page complained: ${who.complaints.join('\n')}`);
  });

  /** The next push of a kind, handed on to the worker. */
  async function arrive(type: 'show' | 'withdraw', tag: string) {
    const { message } = await until(`a push to ${type} ${tag}`, () =>
      phone.pushes.find(({ message: one }) => one.type === type && one.tag === tag),
    );
    await line.deliver(message);
    return message;
  }
  /** `seen`: asks only when the page has its session and hears the relay; what was there before is no news. */
  async function ask(title: string, options: readonly string[], seen?: () => Promise<unknown>): Promise<TriggerId> {
    const id = await startTitled(it.rig, {
      title,
      runner: pi,
      steps: [
        ...(seen === undefined ? [] : [{ waitForMessage: true as const }]),
        { ask: { question: `${title}: which?`, options: [...options] } },
        { say: 'Got: $answer' },
        { waitForMessage: true },
      ],
    });
    if (seen !== undefined) {
      await seen();
      await it.rig.api.sendMessage({ params: { id }, body: { text: 'go', deliverAs: 'followUp' } });
    }
    const { openTriggers } = await untilSession(it.rig, id, {
      what: 'it needs somebody',
      is: ({ status }) => status === 'needs_you',
    });
    const [tag] = openTriggers;
    if (tag === undefined) throw new Error('nothing is asked');
    return tag as TriggerId;
  }

  /** Of the person in the browser: each has their own. */
  const kept = (): Promise<NotificationsView['preferences']> =>
    who.page.evaluate(async () => {
      const answer = await fetch('/api/v1/notifications');
      return ((await answer.json()) as NotificationsView).preferences;
    });

  test('are switched on for a device, which proves by a test that it hears', async () => {
    const { page } = who;
    await page.goto(`${it.rig.relay.url}/settings/notifications`);
    const toggle = page.getByRole('switch', { name: 'Chrome on Linux' });
    const begin = page.getByRole('button', { name: 'Notify me on this device' });
    await begin.or(toggle).first().waitFor();
    // An earlier try may have come so far.
    if (!(await toggle.isVisible())) await begin.click();
    await toggle.waitFor();
    expect(await toggle.getAttribute('aria-checked')).toBe('true');
    await page.getByRole('button', { name: 'Send test' }).click();
    await arrive('show', 'test');
    await page.getByText('and it arrived here').waitFor();
    expect(await shownBy(page)).toMatchObject([{ title: 'Treeline can reach you here', tag: 'test' }]);
    await page.getByText('last push seen').waitFor();

    // The second change is made while the first one is on its way, and is not undone by the answer to it.
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/api/v1/notifications/preferences', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByLabel('A tree is done: Devices').selectOption('now');
    await page.getByRole('switch', { name: 'Nothing rings at night' }).setChecked(true);
    await page.getByLabel('From').fill('23:00');
    answer();
    await until('the choices are kept', async () => {
      const { push, quiet } = await kept();
      return push.completed === 'now' && quiet?.from === '23:00';
    });
    expect(await page.getByLabel('From').inputValue()).toBe('23:00');
    await page.unroute('**/api/v1/notifications/preferences');
    await expectAccessible(page, 'notifications with a device');
    await page.getByRole('switch', { name: 'Nothing rings at night' }).setChecked(false);
    await until('the nights are loud again', async () => (await kept()).quiet === null);
  });

  test('ring for a question, lead to its card, and go when it is answered', async () => {
    const { page } = who;
    await page.goto(`${it.rig.relay.url}/sessions`);
    const title = `Release ${newId('session').slice(-4)}`;
    const tag = await ask(title, ['Now', 'Tomorrow'], async () => {
      await page.getByRole('link', { name: title }).first().waitFor();
      // The session may come while the page still asks for all the others.
      await page.getByText(/ · as of /).waitFor({ state: 'hidden' });
    });
    // The page that is looked at has it too.
    await page.getByRole('status', { name: 'News' }).getByText(`${title} needs you`).waitFor();
    const { triggers } = await it.rig.api.listTriggers({ query: { state: 'escalated' } });
    await until('the title of the page counts it', async () => (await page.title()).startsWith(`(${triggers.length})`));
    await arrive('show', tag);
    const shown = await until('it is shown', async () => (await shownBy(page)).find((one) => one.tag === tag));
    expect(shown).toEqual({
      title: `${title} needs you`,
      body: `It asks: ${title}: which?`,
      tag,
      actions: ['Now', 'Tomorrow'],
    });

    await press(page, tag);
    await page.waitForURL(`**/inbox/${tag}`);
    const card = page.getByRole('article', { name: `Question from ${title}` });
    await card.getByRole('button', { name: 'Tomorrow' }).click();
    await card.getByText('answered').first().waitFor();

    const other = await ask('Hotfix', ['Yes', 'No']);
    await arrive('show', other);
    await until('it is shown', async () => (await shownBy(page)).some((one) => one.tag === other));
    await it.rig.api.respondToTrigger({ params: { id: other }, body: { response: 'Yes' } });
    await arrive('withdraw', other);
    await until('it is taken back', async () => !(await shownBy(page)).some((one) => one.tag === other));
  });

  test('lead to the card that is meant, when others are above it', async () => {
    const { page } = who;
    await page.goto(`${it.rig.relay.url}/sessions`);
    const tags: TriggerId[] = [];
    // Cards of an earlier try have other names.
    const titles = ['First', 'Second', 'Third', 'Fourth'].map((title) => `${title} ${newId('session').slice(-4)}`);
    for (const title of titles) tags.push(await ask(title, ['Yes', 'No', 'Both', 'Neither']));
    const last = tags.at(-1) ?? '';
    await arrive('show', last);
    await until('it is shown', async () => (await shownBy(page)).some((one) => one.tag === last));
    await press(page, last);
    const card = page.getByRole('article', { name: `Question from ${titles.at(-1)}` });
    await until('the card is in sight', async () => {
      const box = await card.boundingBox();
      return box !== null && box.y >= 0 && box.y + box.height <= SIZES.phone.height;
    });
    expect(await page.evaluate('document.activeElement.id')).toBe(`card-${last}`);
    for (const id of tags) await it.rig.api.respondToTrigger({ params: { id }, body: { response: 'Yes' } });
  });

  test('answer a short question by one press, and say so when it was too late', async () => {
    const { page } = who;
    const first = await ask('Short', ['Left', 'Right']);
    await arrive('show', first);
    await until('it is shown', async () => (await shownBy(page)).some((one) => one.tag === first));
    await press(page, first, 'answer-1');
    await until('it is answered', async () => {
      const { state } = await it.rig.api.getTrigger({ params: { id: first } });
      return state.state === 'answered' && state.response === 'Right';
    });

    const late = await ask('Late', ['Left', 'Right']);
    await arrive('show', late);
    await until('it is shown', async () => (await shownBy(page)).some((one) => one.tag === late));
    await it.rig.api.respondToTrigger({ params: { id: late }, body: { response: 'Left' } });
    await press(page, late, 'answer-1');
    const told = await until('it says so', async () =>
      (await shownBy(page)).find((one) => one.title === 'Not answered'),
    );
    expect(told.body).toContain('answered');
    expect((await it.rig.api.getTrigger({ params: { id: late } })).state).toMatchObject({ response: 'Left' });
  });
});
