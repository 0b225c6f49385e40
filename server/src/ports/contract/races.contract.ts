import { lastSeq } from '@treeline/shared';
import { expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { frame, frames, item, mustAppend, mustCommit, NS, putting, session, type Subject } from './subject.contract.ts';

const COUNTER = { kind: 'setting', id: 'counter' } as const;

async function increment(store: Store): Promise<number> {
  for (let tries = 1; ; tries++) {
    const now = await store.get<number>(NS, COUNTER);
    const put = { ...COUNTER, expect: now?.version ?? 0, value: (now?.value ?? 0) + 1 };
    if ((await store.commit({ ns: NS, put: [put] })).status === 'committed') return tries;
  }
}

export function raceRules(subject: Subject): void {
  it('50 concurrent read-modify-writes each succeed exactly once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => increment(subject.store)));
    expect(await subject.store.get(NS, COUNTER)).toEqual({ id: 'counter', value: 50, version: 50 });
  });

  it('of many that make the same record one succeeds', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => subject.store.commit(putting({ id: 'a', value: i }))),
    );
    const won = results.flatMap(({ status }, i) => (status === 'committed' ? [i] : []));
    expect(won).toHaveLength(1);
    expect(await subject.store.get(NS, { kind: 'session', id: 'a' })).toMatchObject({ value: won[0], version: 1 });
  });

  it('a fence raised by many gives each its own value', async () => {
    const values = await Promise.all(Array.from({ length: 20 }, () => subject.store.raiseFence(NS, 'f')));
    expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('appends and commits of many callers at once keep what each was told', async () => {
    const { store } = subject;
    const writers = Array.from({ length: 12 }, async (_, writer) => {
      const of = session();
      const list = frames(of, 20, { records: (writer % 4) + 1 });
      for (const [i, next] of list.entries()) {
        if (i % 5 === 4) {
          const inbox = [{ session: of, item: item(`${i}`) }];
          const put = [{ kind: 'session' as const, id: `${of}/${i}`, expect: 0, value: i }];
          await mustCommit(store, { ns: NS, put, inbox, frames: [next] });
        } else {
          await mustAppend(store, [next]);
        }
        expect(await store.head(NS, of)).toEqual({ epoch: 1, seq: lastSeq(next), frame: next.id });
      }
      expect(await store.readLog(NS, of, { limit: 100 })).toEqual(list);
      expect((await store.readInbox(NS, of, 0, 10)).map(({ position }) => position)).toEqual([1, 2, 3, 4]);
    });
    await Promise.all(writers);
    expect(await store.list({ ns: NS, kind: 'session', limit: 100 })).toHaveLength(48);
  });

  it('a refusal in a group of calls does not touch the calls around it', async () => {
    const { store } = subject;
    const of = session();
    await mustCommit(store, putting({ id: 'taken' }));
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        store.commit({
          ns: NS,
          put: [
            { kind: 'session', id: `n${i}`, expect: 0, value: i },
            { kind: 'session', id: i % 2 === 0 ? 'taken' : `m${i}`, expect: 0, value: i },
          ],
          inbox: [{ session: of, item: item(`${i}`) }],
        }),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(
      results.map((_, i) => (i % 2 === 0 ? 'conflict' : 'committed')),
    );
    expect(await store.list({ ns: NS, kind: 'session', limit: 100 })).toHaveLength(41);
    const positions = results.flatMap((result) => (result.status === 'committed' ? result.positions : []));
    expect(positions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('the same frame sent by many is appended once', async () => {
    const of = session();
    const one = frame({ session: of, first: 1 });
    const results = await Promise.all(Array.from({ length: 10 }, () => subject.store.append(NS, [one])));
    const statuses = results.flat().map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(['appended', ...Array.from({ length: 9 }, () => 'duplicate')]);
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual([one]);
  });

  it('of two frames for one place one is appended and the other is a fork', async () => {
    const of = session();
    const pair = [frame({ session: of, first: 1 }), frame({ session: of, first: 1 })];
    const results = await Promise.all(pair.map((it) => subject.store.append(NS, [it])));
    expect(
      results
        .flat()
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['appended', 'forked']);
  });

  it('appends of one caller that are not awaited keep their order', async () => {
    const of = session();
    const list = frames(of, 50);
    await Promise.all(list.map((next) => mustAppend(subject.store, [next])));
    expect(await subject.store.readLog(NS, of, { limit: 100 })).toEqual(list);
  });
}
