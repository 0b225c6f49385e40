import { describe, expect, it } from 'vitest';
import { backOffMs, connectLimitMs } from './back-off.ts';

const waits = (random: number, urls = 1): number[] =>
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 500].map((failures) => backOffMs({ failures, random, urls }));

describe('the wait before the next attempt', () => {
  it('begins at 50 ms, doubles, and stays at 5 s', () => {
    expect(waits(1)).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it('is half of that at the least, by chance', () => {
    expect(waits(0)).toEqual([25, 50, 100, 200, 400, 800, 1600, 2500, 2500, 2500]);
  });

  it('doubles only when every URL was tried', () => {
    expect(waits(1, 3)).toEqual([50, 50, 50, 100, 100, 100, 200, 200, 200, 5000]);
  });
});

it('the time for an attempt grows with those that nobody answered, to 16 s', () => {
  expect([0, 1, 2, 3, 4, 100].map(connectLimitMs)).toEqual([4000, 8000, 12_000, 16_000, 16_000, 16_000]);
});
