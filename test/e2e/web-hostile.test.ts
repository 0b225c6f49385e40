/** What an agent writes into the fields of its protocol can neither run nor load anything. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { untilSession } from '@treeline/test-support/sessions.ts';
import { hasChromium, openBrowser, signIn, visitor, type Visitor } from './browser.ts';

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

describe.skipIf(!hasChromium)('hostile text', () => {
  const it = useRig({ store: 'embedded' });
  let browser: Browser;
  let who: Visitor;
  const asked: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    who = await visitor(browser, { size: 'desktop', scheme: 'light' });
    await signIn(who, it.rig);
    who.page.on('request', (request) => asked.push(request.url()));
  });
  afterAll(() => browser?.close());

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
});

/** No code of the text ran, nothing of it became an element that loads, and its links lead only to the web. */
async function expectHarmless(page: Page, where: string): Promise<void> {
  expect(await page.evaluate(() => (globalThis as { hit?: number }).hit), where).toBeUndefined();
  const loading = 'img, iframe, script, style, object, embed, base, meta, link, video, audio, form form';
  expect(await page.locator('main').locator(loading).count(), where).toBe(0);
  const handlers =
    'document.evaluate("count(//*[@*[starts-with(name(), \'on\')]])", document, null, 1, null).numberValue';
  expect(await page.evaluate(handlers), where).toBe(0);
  const links = await page
    .locator('main a[href]')
    .evaluateAll((all) =>
      all.map((a) => [a.getAttribute('href') ?? '', a.closest('.prose') !== null, a.getAttribute('rel')]),
    );
  for (const [href, written, rel] of links) {
    expect(href, where).toMatch(written === true ? /^(https?:|mailto:)/ : /^\//);
    if (written === true) expect(rel, where).toContain('noopener');
  }
}
