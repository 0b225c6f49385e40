import { expect, test } from 'vitest';
import { WokenLoop } from './woken-loop.ts';

const forever = new AbortController().signal;

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

test('no wake is lost, in whichever step of a round that ends it comes', async () => {
  for (let steps = 0; steps < 12; steps++) {
    let rounds = 0;
    let endRound = () => undefined as void;
    const loop = new WokenLoop({
      work: () => {
        rounds++;
        return rounds === 1 ? new Promise<void>((resolve) => (endRound = resolve)) : Promise.resolve();
      },
      signal: forever,
      onError: () => 'stop',
    });
    loop.wake();
    endRound();
    await microtasks(steps);
    loop.wake();
    await microtasks(20);
    expect(rounds, `woken ${steps} steps after the end of a round`).toBe(2);
  }
});

test('wakes during a round are one more round', async () => {
  let rounds = 0;
  const loop = new WokenLoop({
    work: async () => {
      rounds++;
      if (rounds > 1) return;
      for (let i = 0; i < 5; i++) loop.wake();
      await Promise.resolve();
    },
    signal: forever,
    onError: () => 'stop',
  });
  loop.wake();
  await microtasks(20);
  expect(rounds).toBe(2);
});
