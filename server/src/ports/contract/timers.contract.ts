import { expect, it } from 'vitest';
import { mustCommit, NS, type Subject } from './subject.contract.ts';

const HOLD = 1000;
const timer = (id: string, name = 'wake') => ({ kind: 'session', id, name }) as const;

export function timerRules(subject: Subject): void {
  const set = (id: string, at: number, { ns = NS, name = 'wake' } = {}) =>
    mustCommit(subject.store, { ns, setTimers: [{ ...timer(id, name), at }] });
  const claim = (now: number, limit = 100) => subject.store.claimDue(now, limit, HOLD);

  it('with no timers nothing is due', async () => {
    expect(await subject.store.nextDue()).toBeUndefined();
    expect(await claim(Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  it('timers that are due come earliest first, up to a limit, with what they belong to', async () => {
    await set('late', 300);
    await set('early', 100);
    await set('never', 5000);
    await set('middle', 200);
    expect(await subject.store.nextDue()).toBe(100);
    expect(await claim(99)).toEqual([]);
    expect(await claim(300, 2)).toEqual([
      { ns: NS, ...timer('early'), at: 100 },
      { ns: NS, ...timer('middle'), at: 200 },
    ]);
    expect(await claim(300)).toEqual([{ ns: NS, ...timer('late'), at: 300 }]);
    expect(await claim(300)).toEqual([]);
  });

  it('a claimed timer is held, and comes again when nobody set or cleared it', async () => {
    await set('a', 100);
    expect(await claim(150)).toHaveLength(1);
    expect(await subject.store.nextDue()).toBe(150 + HOLD);
    expect(await claim(149 + HOLD)).toEqual([]);
    expect(await claim(150 + HOLD)).toMatchObject([timer('a')]);
  });

  it('a cleared timer does not come, and clearing what is not set is nothing', async () => {
    await set('a', 100);
    await set('b', 100);
    await mustCommit(subject.store, { ns: NS, clearTimers: [timer('a'), timer('none'), timer('b', 'other')] });
    expect(await claim(100)).toMatchObject([timer('b')]);
    await mustCommit(subject.store, { ns: NS, clearTimers: [timer('b')] });
    expect(await subject.store.nextDue()).toBeUndefined();
    expect(await claim(100 + HOLD)).toEqual([]);
  });

  it('setting a timer again moves it, a claimed one too', async () => {
    await set('a', 100);
    await set('a', 700);
    expect(await claim(600)).toEqual([]);
    await set('a', 50);
    expect(await subject.store.nextDue()).toBe(50);
    expect(await claim(600)).toHaveLength(1);
    await set('a', 620);
    expect(await claim(620)).toEqual([{ ns: NS, ...timer('a'), at: 620 }]);
  });

  it('a record has as many timers as names', async () => {
    await set('a', 100, { name: 'escalate' });
    await set('a', 200, { name: 'expire' });
    await mustCommit(subject.store, { ns: NS, setTimers: [{ kind: 'runner', id: 'a', name: 'expire', at: 300 }] });
    await mustCommit(subject.store, { ns: NS, clearTimers: [timer('a', 'escalate')] });
    expect(await claim(1000)).toEqual([
      { ns: NS, ...timer('a', 'expire'), at: 200 },
      { ns: NS, kind: 'runner', id: 'a', name: 'expire', at: 300 },
    ]);
  });

  it('timers of all namespaces are claimed together and cleared each in its own', async () => {
    await set('a', 200);
    await set('a', 100, { ns: 'other' });
    await set('x:y', 300, { ns: 'n:x' });
    expect(await claim(300)).toEqual([
      { ns: 'other', ...timer('a'), at: 100 },
      { ns: NS, ...timer('a'), at: 200 },
      { ns: 'n:x', ...timer('x:y'), at: 300 },
    ]);
    await mustCommit(subject.store, { ns: 'other', clearTimers: [timer('a')] });
    expect(await claim(300 + HOLD)).toMatchObject([{ ns: NS }, { ns: 'n:x' }]);
  });

  it('a timer is claimed by one of many claimers', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `s${i}`);
    await mustCommit(subject.store, { ns: NS, setTimers: ids.map((id, i) => ({ ...timer(id), at: i })) });
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(1000, 9)));
    expect(
      claims
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted());
  });

  it('due times are exact to the millisecond', async () => {
    const at = 1_790_000_000_123;
    await set('a', at);
    expect(await subject.store.nextDue()).toBe(at);
    expect(await claim(at - 1)).toEqual([]);
    expect(await claim(at)).toMatchObject([{ at }]);
  });
}
