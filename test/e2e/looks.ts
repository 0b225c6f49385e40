/** One visitor of a size walks over screens, each of them in light and in dark: a scheme changes without a new load. */
import type { Page } from 'playwright-core';
import type { Scheme } from './browser.ts';

/** A screen at its address. */
export interface Place {
  readonly name: string;
  readonly path: string;
  /** Words that are there when it is. */
  readonly ready: string;
  /** What is done there before it is looked at, such as to open a dialog. */
  readonly open?: (page: Page) => Promise<unknown>;
}

const SCHEMES: readonly Scheme[] = ['light', 'dark'];

interface Walk {
  readonly page: Page;
  /** Of the relay. */
  readonly url: string;
  readonly places: readonly Place[];
  readonly look: (place: Place, scheme: Scheme) => Promise<void>;
}

export async function walk({ page, url, places, look }: Walk): Promise<void> {
  for (const place of places) {
    await page.goto(`${url}${place.path}`);
    await page.getByText(place.ready).first().waitFor();
    await place.open?.(page);
    await inEachScheme(page, (scheme) => look(place, scheme));
  }
}

export async function inEachScheme(page: Page, look: (scheme: Scheme) => Promise<void>): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await look(colorScheme);
  }
}
