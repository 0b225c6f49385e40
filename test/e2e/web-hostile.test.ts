/** What an agent writes into the fields of its protocol can neither run nor load anything. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPushService } from '@treeline/test-support/push-service.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { untilAsked, untilSession } from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { hasChromium, openBrowser, signIn, visitor, type Visitor, STORE } from './browser.ts';
import { allowPushes, PushLine, shownBy } from './push.ts';
import { startTitled } from './staging.ts';

const HOSTILE = [
  '<script>globalThis.hit = 1</script>',
  '<img src=x onerror="globalThis.hit = 2">',
  '<svg onload="globalThis.hit = 3"></svg>',
  '<iframe srcdoc="<script>parent.hit = 4</script>"></iframe>',
  '[link](javascript:globalThis.hit=5) [data](data:text/html,<script>1</script>) <javascript:globalThis.hit=6>',
  '![beacon](http://evil.example/beacon.png) ![x](//evil.example/y "t")',
  '<a href="http://evil.example" onclick="globalThis.hit = 7">x</a><style>body{display:none}</style>',
  '"><details open ontoggle="globalThis.hit = 8">x</details>',
  '<base href="http://evil.example/"><meta http-equiv="refresh" content="0;url=http://evil.example/">',
  '{{constructor.constructor("globalThis.hit=9")()}} ${globalThis.hit=10}',
  '[ref]: javascript:globalThis.hit=11\n[by reference][ref] [split](java\nscript:globalThis.hit=12)',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=globalThis.hit=13&gt;">',
  '```html" onmouseover="globalThis.hit=14\n<object data="http://evil.example/o"></object>\n```',
  '\u001B]8;;javascript:globalThis.hit=15\u0007terminal link\u001B]8;;\u0007 \u001B[31m<b onclick=globalThis.hit=16>\u001B[0m',
  '<form action="http://evil.example"><button autofocus onfocus="globalThis.hit=17">Allow</button></form>',
  '\u202Etxt.exe\u202C %3Cscript%3E &lt;script&gt; \u0000',
].join('\n\n');
/** What fits where a title, a label or a folder stands. */
const SHORT = '"><img src=x onerror=globalThis.hit=20><script>globalThis.hit=21<\u002Fscript>';

const service = await startPushService();

describe.skipIf(!hasChromium)('hostile text', () => {
  const it = useRig({ store: STORE, relayEnv: { TREELINE_ALLOW_OUTBOUND: service.url } });
  const phone = service.browser();
  let browser: Browser;
  let who: Visitor;
  const asked: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    who = await visitor(browser, { size: 'desktop', scheme: 'light' });
    await allowPushes(who.context, phone);
    await signIn(who, it.rig);
    who.page.on('request', (request) => asked.push(request.url()));
  });
  afterAll(async () => {
    await browser?.close();
    await service.close();
  });

  async function visitAll(places: readonly (readonly [path: string, shown: string])[]): Promise<void> {
    for (const [path, shown] of places) {
      await who.page.goto(`${it.rig.relay.url}${path}`);
      await who.page.getByText(shown).first().waitFor();
      for (const folded of await who.page.locator('main summary').all()) await folded.click();
      await expectHarmless(who.page, path);
    }
    expect(asked.filter((url) => !/^(http|ws):\/\/127\.0\.0\.1:/.test(url))).toEqual([]);
    expect(who.complaints).toEqual([]);
  }

  test('of an agent’s protocol, in every field of it, runs nothing and loads nothing', async () => {
    const agent = join(import.meta.dirname, 'hostile-agent.fixture.mjs');
    const text = HOSTILE.replaceAll('\u0000', '');
    const runner = await it.rig.runner('laptop', {
      agents: { hostile: { kind: 'acp', command: [process.execPath, agent], env: { TEXT: text } } },
    });
    const cwd = await it.rig.makeFolder(SHORT.replaceAll('/', '_'));
    const { id } = await it.rig.api.createSession({
      body: { agent: 'hostile', runnerId: runner.id, cwd, prompt: text, title: SHORT },
    });
    await untilSession(it.rig, id, { what: 'it asks', is: ({ openTriggers }) => openTriggers.length > 0 });
    const [card] = (await it.rig.api.listTriggers({ query: { session: id } })).triggers;
    await visitAll([
      ['/inbox', 'onerror'],
      [`/inbox/${card?.id}`, 'onerror'],
      [`/s/${id}`, 'onerror'],
      [`/s/${id}?tab=info`, 'State since'],
      ['/sessions', SHORT],
    ]);
    await it.rig.api.stopSession({ params: { id }, body: {} });
  });

  describe('of a tree', () => {
    let pi: RunnerProcess;
    beforeAll(async () => {
      pi = await it.rig.runner('kitchen-pi');
      await who.page.goto(`${it.rig.relay.url}/settings/notifications`);
      await who.page.getByRole('button', { name: 'Notify me on this device' }).click();
      await who.page.getByRole('switch', { name: 'Chrome on Linux' }).waitFor();
    });
    const label = SHORT.slice(0, 60);

    test('in titles, labels, plans, permissions and results runs nothing on any screen that shows them', async () => {
      const start = { runner: pi, title: SHORT, labels: { [label]: label } };
      const root = await startTitled(it.rig, {
        ...start,
        steps: [{ escalate: HOSTILE }, { escalate: HOSTILE }, { waitForMessage: true }],
      });
      const planner = await startTitled(it.rig, { ...start, steps: [{ plan: HOSTILE }], parentId: root });
      const permission = { title: SHORT, command: HOSTILE, toolKind: 'execute' as const, why: HOSTILE };
      const deleter = await startTitled(it.rig, { ...start, steps: [{ permission }], parentId: root });
      const done = await startTitled(it.rig, { ...start, steps: [{ finish: HOSTILE }] });
      for (const id of [planner, deleter])
        await untilSession(it.rig, id, { what: 'it asks people', is: ({ status }) => status === 'needs_you' });
      const { triggers } = await it.rig.api.listTriggers({ query: { root, state: 'all' } });
      const { url } = await it.rig.api.createShare({ params: { id: root }, body: { tree: true } });
      await visitAll([
        ...triggers.map(({ id }) => [`/inbox/${id}`, 'onerror'] as const),
        ['/inbox', 'onerror'],
        ['/sessions', SHORT],
        ['/sessions?view=tree', SHORT],
        [`/sessions?label=${encodeURIComponent(`${label}=${label}`)}`, SHORT],
        [`/sessions?q=${encodeURIComponent(SHORT)}`, SHORT],
        [`/s/${root}?tab=tree&as=list`, SHORT],
        [`/s/${root}?tab=tree&as=picture`, SHORT.slice(0, 8)],
        [`/s/${root}?tab=tree&as=timeline`, SHORT],
        [`/s/${planner}`, 'onerror'],
        [`/s/${deleter}?tab=info`, label],
        [`/s/${done}`, 'onerror'],
        [`/runners/${pi.id}?tab=sessions`, SHORT],
        [`/runners/${pi.id}?tab=log`, 'worker'],
        ['/activity', 'signed in'],
        [`/new?again=${done}`, 'Task'],
        [url.slice(new URL(url).origin.length), 'onerror'],
      ]);
      await it.rig.api.stopSession({ params: { id: root }, body: { tree: true } });
    });

    test('is text in notifications, in toasts and in the title of the page', async () => {
      const { page } = who;
      await page.goto(`${it.rig.relay.url}/sessions`);
      await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
      const line = await PushLine.open(page);
      const options = [SHORT.slice(0, 80), 'javascript:globalThis.hit=22'];
      const id = await startTitled(it.rig, {
        runner: pi,
        title: SHORT,
        steps: [{ ask: { question: HOSTILE, options } }, { waitForMessage: true }],
      });
      const { id: tag } = await untilAsked(it.rig, id, HOSTILE);
      await page.getByRole('status', { name: 'News' }).getByText(SHORT).first().waitFor();
      await expectHarmless(page, 'a toast');
      const { message } = await until('its push', () => phone.pushes.find(({ message: one }) => one.tag === tag));
      await line.deliver(message);
      const shown = await until('it is shown', async () => (await shownBy(page)).find((one) => one.tag === tag));
      expect(shown.title).toContain(SHORT.slice(0, 40));
      expect(shown.body).toContain('<script>');
      await expectHarmless(page, 'a notification');
      expect(asked.filter((url) => !/^(http|ws):\/\/127\.0\.0\.1:/.test(url))).toEqual([]);
      await it.rig.api.stopSession({ params: { id }, body: {} });
    });

    test('is no name of a runner', async () => {
      const renamed = it.rig.api.orderRunner({ params: { id: pi.id }, body: { do: 'rename', name: SHORT } });
      await expect(renamed).rejects.toMatchObject({ code: 'bad_request' });
    });
  });
});

/** No code of the text ran, nothing of it became an element that loads, and its links lead only to the web. */
async function expectHarmless(page: Page, where: string): Promise<void> {
  expect(await page.evaluate(() => (globalThis as { hit?: number }).hit), where).toBeUndefined();
  const loading =
    'img:not([src="/icon.svg"]), iframe, script, style, object, embed, base, meta, link, video, audio, form form';
  expect(await page.locator('#root').locator(loading).count(), where).toBe(0);
  const handlers =
    'document.evaluate("count(//*[@*[starts-with(name(), \'on\')]])", document, null, 1, null).numberValue';
  expect(await page.evaluate(handlers), where).toBe(0);
  const links = await page
    .locator('#root a[href]')
    .evaluateAll((all) =>
      all.map((a) => [a.getAttribute('href') ?? '', a.closest('.prose') !== null, a.getAttribute('rel')]),
    );
  for (const [href, written, rel] of links) {
    expect(href, where).toMatch(written === true ? /^(https?:|mailto:)/ : /^[/#]/);
    expect(written !== true || String(rel).includes('noopener'), where).toBe(true);
  }
}
