/** Decisions of people on the embedded store. */
import { describe } from 'vitest';
import { hasChromium } from './browser.ts';
import { decisions } from './decisions.ts';

describe.skipIf(!hasChromium)('decisions in the viewer, embedded store', () => {
  decisions('embedded');
});
