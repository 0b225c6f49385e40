import { describe, expect, it } from 'vitest';
import { Batches } from './batches.ts';

/** Batches whose work ends when the test says so. */
function held() {
  const begun: { jobs: readonly string[]; finish: () => void }[] = [];
  const batches = new Batches<string>(
    (jobs) => new Promise((resolve) => void begun.push({ jobs, finish: () => resolve() })),
  );
  return { begun, batches };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('batches', () => {
  it('take together what is added at once, and then what came while they were under way', async () => {
    const { begun, batches } = held();
    batches.add('tree', 'a');
    batches.add('tree', 'b');
    await settle();
    batches.add('tree', 'c');
    batches.add('tree', 'd');
    await settle();
    expect(begun.map(({ jobs }) => jobs)).toEqual([['a', 'b']]);
    begun[0]?.finish();
    await settle();
    begun[1]?.finish();
    await settle();
    batches.add('tree', 'e');
    await settle();
    expect(begun.map(({ jobs }) => jobs)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('of different names do not wait for each other', async () => {
    const { begun, batches } = held();
    batches.add('one', 'a');
    batches.add('two', 'b');
    await settle();
    expect(begun.map(({ jobs }) => jobs)).toEqual([['a'], ['b']]);
  });

  it('are bounded, in the order in which their jobs came', async () => {
    const { begun, batches } = held();
    const jobs = Array.from({ length: 150 }, (_, i) => String(i));
    for (const job of jobs) batches.add('tree', job);
    for (let i = 0; i < 3; i++) {
      await settle();
      begun[i]?.finish();
    }
    expect(begun.length).toBe(3);
    expect(begun.flatMap((batch) => batch.jobs)).toEqual(jobs);
  });
});
