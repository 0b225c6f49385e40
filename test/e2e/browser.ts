/** A real Chromium for tests of the viewer. */
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Rig, StoreKind } from '@treeline/test-support/rig.ts';

const program = process.env['TREELINE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
export const hasChromium = program !== '' && existsSync(program);

/** On which store the viewer is tried where one is enough; on the other by `pnpm test:viewer --store redis`. */
export const STORE: StoreKind = process.env['TREELINE_TEST_VIEWER_STORE'] === 'redis' ? 'redis' : 'embedded';

export const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const;
export type Size = keyof typeof SIZES;
export type Scheme = 'light' | 'dark';

/**
 * The address bar's pop-ups are pages of the browser itself: made for each visitor and never seen, they took more of the
 * processor than everything that is tested. Chromium heeds one list only, so that playwright's own is in it.
 */
const WITHOUT = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${WITHOUT.join(',')}`,
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: ARGS });
}

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page said on its console, and what its policy refused. */
  readonly complaints: readonly string[];
}

/** The browser's own words for a relay that is away: for a request, a socket, and the look whether there is a newer worker. */
const AWAY = /^(Failed to load resource|WebSocket connection to|An unknown error occurred when fetching the script)/;

/** A browser of its own: no cookie, nothing remembered. */
export async function visitor(
  browser: Browser,
  { size, scheme, sharp = false }: { size: Size; scheme: Scheme; sharp?: boolean },
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: scheme,
    reducedMotion: 'reduce',
    isMobile: size === 'phone',
    hasTouch: size === 'phone',
    deviceScaleFactor: sharp ? 2 : 1,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A refused request or a relay that is away is told to the person; the browser's own word for it is no complaint.
    if (message.type() === 'error' && !AWAY.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { context, page, complaints };
}

/** Signs in as a person does with a link: the code stands behind the #. */
export async function signIn({ page }: Pick<Visitor, 'page'>, rig: Rig): Promise<void> {
  const { code } = await rig.api.createSignInCode();
  await page.goto(`${rig.relay.url}/pair#${code}`);
  await page.getByRole('navigation', { name: 'Areas' }).waitFor();
}

interface AxeResults {
  readonly violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Of all rules of axe, those whose verdict depends on colours. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/** Only what is found fault with is told of: to describe all that is well takes longer than to look. */
const look = (more: object) => `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...more })})`;

/**
 * No violation of WCAG 2.2 A or AA, nor of axe's best practices. `colours`: only what another scheme can change, on a page
 * that was looked at whole in the first.
 */
export async function expectAccessible(page: Page, what: string, only?: 'colours'): Promise<void> {
  await bringAxe(page);
  const rules = only === 'colours' ? { runOnly: { type: 'rule', values: RULES_OF_COLOUR } } : {};
  const results = (await page.evaluate(look(rules))) as AxeResults;
  const told = results.violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html.slice(0, 240)} — ${failureSummary ?? ''}`),
  }));
  expect(told, what).toEqual([]);
}

/** Once for each page that is loaded: it is half a megabyte to compile. */
async function bringAxe(page: Page): Promise<void> {
  if ((await page.evaluate('typeof axe')) === 'object') return;
  // The page's own policy forbids injected scripts; the debugger's evaluation is not bound by it.
  const debug = await page.context().newCDPSession(page);
  await debug.send('Runtime.evaluate', { expression: `${axe.source};0` });
  await debug.detach();
}
