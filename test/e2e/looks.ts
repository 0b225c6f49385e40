/** One visitor of a size walks over screens, each of them in light and in dark: a scheme changes without a new load. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible, type Scheme, type Size } from './browser.ts';

/** A screen at its address. */
export interface Place {
  readonly name: string;
  readonly path: string;
  /** Words that are there when it is. */
  readonly ready: string;
  /** What is done there before it is looked at, such as to open a dialog. */
  readonly open?: (page: Page) => Promise<unknown>;
  /** No link of the viewer leads here or away: it is a page of its own. */
  readonly alone?: boolean;
  /** It is looked at, yet has no picture of its own: it looks like another one. */
  readonly unpictured?: boolean;
}

export const isPictured = ({ unpictured }: { readonly unpictured?: boolean }): boolean => unpictured !== true;

const SCHEMES: readonly Scheme[] = ['light', 'dark'];

interface Walk {
  readonly page: Page;
  /** Of the relay. */
  readonly url: string;
  readonly places: readonly Place[];
  /** Go on within the page that is open, as by its links, where that can be; else each address is loaded anew. */
  readonly within?: boolean;
  /** A page of the viewer is open already; `within` goes on from it. */
  readonly isOpen?: boolean;
  readonly look: (place: Place, scheme: Scheme) => Promise<void>;
}

export async function walk({ page, url, places, within = false, isOpen = false, look }: Walk): Promise<void> {
  let goOn = within && isOpen;
  for (const place of places) {
    if (goOn && place.alone !== true) await page.evaluate(`history.pushState(null, '', ${JSON.stringify(place.path)})`);
    else await page.goto(`${url}${place.path}`);
    await page
      .locator('h1', { hasNotText: /^Loading$/ })
      .first()
      .waitFor({ state: 'attached' });
    await page.getByText(place.ready).first().waitFor();
    await place.open?.(page);
    await inEachScheme(page, (scheme) => look(place, scheme));
    goOn = within && place.open === undefined && place.alone !== true;
  }
}

async function inEachScheme(page: Page, look: (scheme: Scheme) => Promise<void>): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await look(colorScheme);
  }
}

/** By how much the page, or what scrolls in it, is wider than there is room. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate(`Math.max(...[document.documentElement, ...document.querySelectorAll('main')]
    .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth))`);
}

/** Nothing that axe finds fault with, and nothing that has to be scrolled sideways. */
export function lookAt(page: Page, size: Size) {
  return async ({ name }: Place, scheme: Scheme): Promise<void> => {
    const only = scheme === SCHEMES[0] ? undefined : 'colours';
    await expectAccessible(page, `${name}, ${size}, ${scheme}`, only);
    expect(await sideways(page), `${name} is wider than its ${size}`).toBe(0);
  };
}
