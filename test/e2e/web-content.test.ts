/** What agents write can neither run nor load anything, and how much of it there is does not matter. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ScriptStep, SessionId } from '@treeline/shared';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useRig } from '@treeline/test-support/rig.ts';
import { bundle } from '@treeline/test-support/programs.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { untilSession } from '@treeline/test-support/sessions.ts';
import { expectAccessible, hasChromium, openBrowser, signIn, SIZES, visitor, STORE } from './browser.ts';
import { sideways } from './looks.ts';
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
].join('\n\n');

describe.skipIf(!hasChromium)('content', () => {
  const it = useRig({ store: STORE });
  let browser: Browser;
  let pi: RunnerProcess;

  beforeAll(async () => {
    pi = await it.rig.runner('kitchen-pi');
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test('long words and text from right to left stay in sight on the narrowest phone', async () => {
    const word = 'Antidisestablishmentarianism_'.repeat(6);
    const arabic = 'هل نغيّر الواجهة الآن أم ننتظر؟';
    const start = (title: string, steps: readonly ScriptStep[], parentId?: SessionId) =>
      startTitled(it.rig, { title, runner: pi, steps, ...(parentId !== undefined && { parentId }) });
    const root = await start(word, [{ escalate: `${word} ${arabic}` }, { waitForMessage: true }]);
    const ask = { question: `${arabic}\n\n${word}`, options: [word, arabic] };
    const child = await start(`${arabic} ${word}`.slice(0, 200), [{ say: `${word}\n\n${arabic}` }, { ask }], root);
    const { openTriggers } = await untilSession(it.rig, child, {
      what: 'it asks people',
      is: ({ status }) => status === 'needs_you',
    });
    const who = await visitor(browser, { size: 'phone', scheme: 'light' });
    await signIn(who, it.rig);
    const { page } = who;
    await page.setViewportSize({ width: 320, height: 640 });
    const places = [
      '/inbox',
      `/inbox/${openTriggers[0]}`,
      '/sessions',
      '/sessions?view=tree',
      `/s/${child}`,
      `/s/${root}?tab=info`,
      `/s/${root}?tab=tree&as=picture`,
      `/s/${root}?tab=tree&as=timeline`,
    ];
    for (const path of places) {
      await page.goto(`${it.rig.relay.url}${path}`);
      await page.getByText('Antidisestablishment').first().waitFor();
      expect(await sideways(page), path).toBe(0);
      const cards = `[...document.querySelectorAll('article')].map((card) => card.scrollWidth - card.clientWidth)`;
      expect(Math.max(0, ...(await page.evaluate<number[]>(cards))), path).toBe(0);
      await expectAccessible(page, path);
    }
    await page.goto(`${it.rig.relay.url}/inbox/${openTriggers[0]}`);
    const direction = (text: string) =>
      page
        .getByRole('article')
        .getByText(text, { exact: true })
        .first()
        .evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).direction);
    expect([await direction(arabic), await direction(word)]).toEqual(['rtl', 'ltr']);

    // A page zoomed to 200 % on a laptop: the transcript keeps a part of it, whatever waits.
    await page.setViewportSize({ width: 640, height: 400 });
    await page.goto(`${it.rig.relay.url}/s/${child}`);
    const transcript = page.getByRole('region', { name: 'Transcript' });
    await page.getByRole('button', { name: 'Answer' }).waitFor();
    expect((await transcript.boundingBox())?.height).toBeGreaterThan(100);
    await it.rig.api.stopSession({ params: { id: root }, body: { tree: true } });
    await who.context.close();
  });

  test('text of an agent, wherever it stands, runs nothing and loads nothing', async () => {
    const title = `T ${HOSTILE.replaceAll(/\s+/g, ' ')}`.slice(0, 200);
    const steps = [
      { think: HOSTILE },
      { say: HOSTILE },
      { tool: { name: HOSTILE.slice(0, 300), input: { command: HOSTILE }, output: HOSTILE } },
      { ask: { question: HOSTILE, options: HOSTILE.split('\n\n') } },
      { finish: HOSTILE },
    ];
    const parent = await startTitled(it.rig, {
      title,
      runner: pi,
      steps: [{ escalate: HOSTILE }, { waitForMessage: true }],
    });
    const child = await startTitled(it.rig, { title, runner: pi, steps, parentId: parent });
    await untilSession(it.rig, child, { what: 'it asks people', is: ({ status }) => status === 'needs_you' });
    const who = await visitor(browser, { size: 'desktop', scheme: 'light' });
    await signIn(who, it.rig);
    const asked: string[] = [];
    who.page.on('request', (request) => asked.push(request.url()));
    for (const path of ['/inbox', '/sessions', '/sessions?view=tree', `/s/${child}`, `/s/${parent}`]) {
      await who.page.goto(`${it.rig.relay.url}${path}`);
      await who.page.getByText('onerror').first().waitFor();
      for (const summary of await who.page.locator('summary').all()) await summary.click();
    }
    expect(await who.page.evaluate(() => (globalThis as { hit?: number }).hit)).toBeUndefined();
    expect(asked.filter((url) => !/^(http|ws):\/\/127\.0\.0\.1:/.test(url))).toEqual([]);
    expect(await who.page.locator('main').locator('img, iframe, script, style, object, embed, form form').count()).toBe(
      0,
    );
    const links = await who.page
      .locator('.prose a')
      .evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('rel')]));
    for (const [href, rel] of links) {
      expect(href).toMatch(/^(https?:|mailto:)/);
      expect(rel).toContain('noopener');
    }
    expect(who.complaints).toEqual([]);
    await who.context.close();
    await it.rig.api.stopSession({ params: { id: parent }, body: { tree: true } });
  });

  test('a log of 10,000 entries opens at its end, holds few rows in the page, and goes back to the first', async () => {
    const id = await startTitled(it.rig, {
      title: 'Ten thousand',
      runner: pi,
      steps: [
        { say: 'The very first' },
        { emit: { count: 10_000, bytes: 60 } },
        { say: 'The very last' },
        { waitForMessage: true },
      ],
    });
    await untilSession(it.rig, id, {
      what: 'it has said everything',
      is: ({ lifecycle }) => lifecycle.state !== 'starting',
    });
    const who = await visitor(browser, { size: 'phone', scheme: 'light' });
    await signIn(who, it.rig);
    await who.page.goto(`${it.rig.relay.url}/s/${id}`);
    const transcript = who.page.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('The very last').waitFor();
    expect(await transcript.locator('[id^="e-"]').count()).toBeLessThan(150);
    await transcript.press('Home');
    await who.page.getByRole('button', { name: 'Show earlier' }).click();
    await who.page.getByRole('button', { name: 'Show earlier' }).waitFor({ state: 'detached' });
    await who.page.goto(`${it.rig.relay.url}/s/${id}`);
    await transcript.getByText('The very last').waitFor();
    await who.context.close();
    await it.rig.api.stopSession({ params: { id }, body: {} });
  });

  test('a stream of 500 events a second is followed to its end, until somebody scrolls up', async () => {
    const id = await startTitled(it.rig, {
      title: 'Stream',
      runner: pi,
      steps: [
        { say: 'Ready' },
        { waitForMessage: true },
        { emit: { count: 1500, bytes: 200, perSecond: 500 } },
        { say: 'The stream is dry' },
        { waitForMessage: true },
        { emit: { count: 200, bytes: 200 } },
        { say: 'Out of sight' },
        { waitForMessage: true },
      ],
    });
    const who = await visitor(browser, { size: 'desktop', scheme: 'light' });
    await signIn(who, it.rig);
    await who.page.goto(`${it.rig.relay.url}/s/${id}`);
    const transcript = who.page.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Ready', { exact: true }).waitFor();
    const go = () => it.rig.api.sendMessage({ params: { id }, body: { text: 'go', deliverAs: 'followUp' } });
    await go();
    const dry = transcript.getByText('The stream is dry');
    await dry.waitFor({ timeout: 60_000 });
    await expect.poll(() => inSight(dry)).toBe(true);
    await transcript.hover();
    await who.page.mouse.wheel(0, -3000);
    await who.page.getByRole('button', { name: 'To the end' }).waitFor();
    await go();
    await who.page.getByRole('button', { name: /new below/ }).waitFor();
    await who.page.getByRole('button', { name: /new below/ }).click();
    const last = transcript.getByText('Out of sight');
    await last.waitFor();
    await expect.poll(() => inSight(last)).toBe(true);
    expect(who.complaints).toEqual([]);
    await who.context.close();
    await it.rig.api.stopSession({ params: { id }, body: {} });
  });

  test('what a first visit loads stays within 170 kB of script and 15 kB of style, compressed', () => {
    const web = join(bundle('relay.mjs'), '../web');
    const page = readFileSync(join(web, 'index.html'), 'utf8');
    const loaded = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
    const weigh = (end: string) =>
      loaded
        .filter((file) => file.endsWith(end))
        .reduce((sum, file) => sum + gzipSync(readFileSync(join(web, file))).length, 0);
    expect(weigh('.js')).toBeGreaterThan(0);
    expect(weigh('.js')).toBeLessThan(170_000);
    expect(weigh('.css')).toBeLessThan(15_000);
    for (const file of readdirSync(join(web, 'assets')).filter((name) => name.endsWith('.js'))) {
      const source = readFileSync(join(web, 'assets', file));
      // What is loaded first was weighed above.
      expect(page.includes(file) ? 0 : gzipSync(source).length, file).toBeLessThan(90_000);
      // The page's policy forbids it, also to the schemas of the relay, which have no place here.
      expect(/new Function|\beval\(/.test(source.toString()), `${file} makes code of text`).toBe(false);
    }
  });
});

async function inSight(locator: Locator): Promise<boolean> {
  const box = await locator.boundingBox();
  return box !== null && box.y > 0 && box.y + box.height < SIZES.desktop.height;
}
