/** The viewer without a relay, without a network, and when a newer one comes. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '@treeline/test-support/programs.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { untilSession } from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { expectAccessible, hasChromium, openBrowser, signIn, visitor, STORE } from './browser.ts';
import { startTitled } from './staging.ts';

describe.skipIf(!hasChromium)('the viewer without a relay', () => {
  const it = useRig({ store: STORE });
  let browser: Browser;
  let pi: RunnerProcess;

  beforeAll(async () => {
    pi = await it.rig.runner('kitchen-pi');
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  const ask = async () => {
    const id = await startTitled(it.rig, {
      title: 'Release',
      runner: pi,
      steps: [
        { say: 'The changelog is written.' },
        { ask: { question: 'Ship it?', options: ['Yes', 'No'] } },
        { waitForMessage: true },
        { say: 'Read it.' },
        { waitForMessage: true },
      ],
    });
    await untilSession(it.rig, id, { what: 'it needs somebody', is: ({ status }) => status === 'needs_you' });
    return id;
  };

  /** Somebody who has read the session and its question, with the view kept. */
  async function reader(id: string) {
    const who = await visitor(browser, { size: 'phone', scheme: 'light' });
    await signIn(who, it.rig);
    await who.page.evaluate('navigator.serviceWorker.ready');
    await who.page.goto(`${it.rig.relay.url}/s/${id}`);
    await written(who.page).waitFor();
    await untilKept(who.page, 'world', `log:${id}`);
    return who;
  }
  const written = (page: Page) =>
    page.getByRole('region', { name: 'Transcript' }).getByText('The changelog is written.', { exact: true });

  test('shows what it knew after a reload, and lets nothing be answered before the relay is heard', async () => {
    const id = await ask();
    const who = await reader(id);
    const { page } = who;
    await it.rig.relay.kill9();
    try {
      await page.reload();
      await page.getByText(/Offline · as of \d.* · the relay does not answer/).waitFor();
      await written(page).waitFor();
      await page.goto(`${it.rig.relay.url}/inbox`);
      const card = page.getByRole('article', { name: 'Question from Release' });
      await card.getByText('somebody else may have answered').waitFor();
      expect(await card.getByRole('button', { name: 'Yes' }).isDisabled()).toBe(true);
      await expectAccessible(page, 'inbox without a relay');
    } finally {
      await it.rig.relay.start();
    }
    const yes = page.getByRole('article', { name: 'Question from Release' }).getByRole('button', { name: 'Yes' });
    await yes.click();
    await untilSession(it.rig, id, { what: 'it is answered', is: ({ status }) => status !== 'needs_you' });
    expect(who.complaints).toEqual([]);
    await who.context.close();
  });

  test('shows runners as they were, and asks nothing of them, while the relay is away', async () => {
    const who = await visitor(browser, { size: 'phone', scheme: 'dark' });
    await signIn(who, it.rig);
    const { page } = who;
    await page.goto(`${it.rig.relay.url}/runners`);
    const card = page.getByRole('article', { name: 'kitchen-pi' });
    const isOnline = card.getByText(/●\s*online/);
    await isOnline.waitFor();
    await it.rig.relay.kill9();
    try {
      await card.getByText('was online').waitFor();
      expect(await isOnline.count()).toBe(0);
      expect(await card.getByRole('button', { name: 'Pause kitchen-pi' }).isDisabled()).toBe(true);
      await expectAccessible(page, 'runners without a relay');
    } finally {
      await it.rig.relay.start();
    }
    await isOnline.waitFor();
    await who.context.close();
  });

  test('leaves the first look of a browser out of the activity until that is asked for', async () => {
    const who = await visitor(browser, { size: 'desktop', scheme: 'light' });
    await signIn(who, it.rig);
    const { page } = who;
    await page.goto(`${it.rig.relay.url}/activity`);
    const looks = page.getByText('Somebody unknown tried to ask who they are and was refused');
    await page.getByText('signed in').first().waitFor();
    expect(await looks.count()).toBe(0);
    await page.getByRole('switch', { name: 'First looks' }).click();
    await looks.first().waitFor();
    await expectAccessible(page, 'activity with first looks');
    await who.context.close();
  });

  test('keeps what is written in sight over a reload, gives it back, and sends it once', async () => {
    const id = await ask();
    const who = await reader(id);
    const { page } = who;
    const queue = page.getByRole('list', { name: 'Not sent yet' });
    await it.rig.relay.kill9();
    try {
      for (const text of ['apples', 'pears']) {
        await page.getByRole('textbox', { name: 'Message' }).fill(text);
        await page.getByRole('button', { name: 'Send' }).click();
      }
      await queue.getByText('waits for the relay').nth(1).waitFor();
      await page.reload();
      await page.getByText('2 messages wait to be sent').waitFor();
      await queue.getByRole('listitem').filter({ hasText: 'pears' }).getByRole('button').click();
      await page.getByText('one message waits to be sent').waitFor();
    } finally {
      await it.rig.relay.start();
    }
    await queue.waitFor({ state: 'detached' });
    const inbox = await until('it is in the log', async () => {
      const { frames } = await it.rig.api.readLog({ params: { id }, query: { tail: 100 } });
      const log = frames.map(({ body }) => body).join('\n');
      return log.includes('apples') && log;
    });
    expect(inbox.match(/apples/g)).toHaveLength(1);
    expect(inbox).not.toContain('pears');
    expect(who.complaints).toEqual([]);
    await who.context.close();
  });

  test('tells no network from a silent relay, and forgets everything with the sign-out', async () => {
    const who = await visitor(browser, { size: 'desktop', scheme: 'dark' });
    const { page, context } = who;
    await signIn(who, it.rig);
    await page.goto(`${it.rig.relay.url}/sessions`);
    await page.getByText('Release').first().waitFor();
    await context.setOffline(true);
    await page.getByText(/Offline · as of .* · no network/).waitFor();
    await context.setOffline(false);
    await page.getByText(/Offline · as of .* · no network/).waitFor({ state: 'detached' });
    await untilKept(page, 'world');
    await page.goto(`${it.rig.relay.url}/settings`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('One-time code').waitFor();
    await until('nothing is left', async () => (await keptBy(page)).length === 0);
    await context.close();
  });
});

describe.skipIf(!hasChromium)('a newer viewer', () => {
  test('waits until its reader reloads, and is there then', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'treeline-viewer-'));
    await cp(join(dirname(bundle('relay.mjs')), 'web'), folder, { recursive: true });
    const server = createServer((request, response) => void serve(folder, request.url ?? '/', response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const browser = await openBrowser();
    try {
      const { page } = await visitor(browser, { size: 'desktop', scheme: 'light' });
      await page.goto(`${url}/sessions`);
      await page.getByRole('navigation', { name: 'Areas' }).waitFor();
      await until('the worker has the page', () => page.evaluate('navigator.serviceWorker.controller !== null'));
      const sw = join(folder, 'sw.js');
      await writeFile(sw, (await readFile(sw, 'utf8')).replaceAll(/\b[0-9a-f]{16}\b/g, 'f'.repeat(16)));
      const index = join(folder, 'index.html');
      await writeFile(index, (await readFile(index, 'utf8')).replace('<html', '<html data-version="next"'));
      await page.evaluate('navigator.serviceWorker.getRegistration().then((one) => one.update())');
      await page.getByText('A new version of Treeline is here').waitFor();
      expect(await page.locator('html').getAttribute('data-version')).toBeNull();
      await page.getByRole('button', { name: 'Reload' }).click();
      await page.locator('html[data-version="next"]').waitFor({ state: 'attached' });
      await page.getByRole('navigation', { name: 'Areas' }).waitFor();
      expect(await page.evaluate('caches.keys()')).toEqual([`treeline-shell-${'f'.repeat(16)}`]);
    } finally {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
};

/** The built viewer alone, without a relay behind it. */
async function serve(folder: string, path: string, response: ServerResponse): Promise<void> {
  const name = extname(path) === '' ? '/index.html' : path;
  try {
    if (path.startsWith('/api/')) throw new Error('no relay');
    const body = await readFile(join(folder, name));
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/** Names of what this browser keeps of what was seen. */
const KEPT = `new Promise((resolve, reject) => {
  const open = indexedDB.open('treeline');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const database = open.result;
    if (!database.objectStoreNames.contains('kept')) return resolve([]);
    const keys = database.transaction('kept').objectStore('kept').getAllKeys();
    keys.onsuccess = () => {
      database.close();
      resolve(keys.result);
    };
  };
})`;
const untilKept = (page: Page, ...keys: string[]) =>
  until('the view is kept', async () => {
    const kept = await keptBy(page);
    return keys.every((key) => kept.includes(key));
  });
const keptBy = (page: Page) => page.evaluate<string[]>(KEPT);
