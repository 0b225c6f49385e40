import { describe, expect, it } from 'vitest';
import { afterCrash, type Crash } from './restarts.ts';

/** Crashes that follow each other, each after its run of so many ms. */
function crashes(...runs: number[]): Crash[] {
  let now = 1_000_000;
  return runs.map((ms) => ({ startedAt: now, endedAt: (now += ms) }));
}

describe('a daemon that crashed', () => {
  it('is started again, each time after a longer wait', () => {
    expect(afterCrash(crashes(20_000))).toEqual({ do: 'restart', afterMs: 200 });
    expect(afterCrash(crashes(20_000, 20_000))).toEqual({ do: 'restart', afterMs: 400 });
    expect(afterCrash(crashes(20_000, 20_000, 20_000))).toEqual({ do: 'restart', afterMs: 800 });
  });

  it('that ran a healthy minute begins anew with the shortest wait', () => {
    expect(afterCrash(crashes(20_000, 20_000, 61_000))).toEqual({ do: 'restart', afterMs: 200 });
  });

  it('waits ten seconds at most', () => {
    expect(afterCrash(crashes(...Array.from({ length: 30 }, () => 20_000)))).toEqual({
      do: 'restart',
      afterMs: 10_000,
    });
  });

  it('five times within a minute is given up, with the reason', () => {
    expect(afterCrash(crashes(100, 100, 100, 100))).toMatchObject({ do: 'restart' });
    expect(afterCrash(crashes(100, 100, 100, 100, 100))).toEqual({
      do: 'give_up',
      why: 'the daemon crashed 5 times within 60 seconds',
    });
  });
});
