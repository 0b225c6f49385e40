/** Decisions of people on Redis. Skipped, and seen to be, where redis-server is not installed. */
import { hasRedisServer } from '@treeline/test-support/redis-server.ts';
import { describe } from 'vitest';
import { hasChromium } from './browser.ts';
import { decisions } from './decisions.ts';

describe.skipIf(!hasChromium || !hasRedisServer)('decisions in the viewer, Redis', () => {
  decisions('redis');
});
