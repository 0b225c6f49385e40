import { expect, it } from 'vitest';
import { frame, frames, item, mustCommit, NS, putting, session, type Subject } from './subject.contract.ts';

export function durabilityRules(subject: Subject): void {
  it('a healthy store says so', async () => {
    const health = await subject.store.health();
    expect(health).toMatchObject({ ok: true, volatile: expect.any(Boolean), detail: expect.any(String) });
    expect(['redis', 'sqlite']).toContain(health.backend);
  });

  it('everything that was acknowledged is there when the store is opened again', async (context) => {
    if (subject.reopen === undefined) return context.skip();
    const of = session();
    const list = frames(of, 3, { records: 2 });
    const items = [item('one'), item('two')];
    await mustCommit(subject.store, {
      ...putting({ id: 'a', value: { deep: ['\ud800', 1] }, indexes: { state: ['open', 'new'] } }),
      inbox: items.map((it) => ({ session: of, item: it })),
      setTimers: [{ kind: 'session', id: 'a', name: 'wake', at: 100 }],
    });
    await subject.store.append(NS, list);
    await subject.store.raiseFence(NS, 'f');
    await subject.store.trimInbox(NS, of, 1);

    const store = await subject.reopen();
    expect(await store.get(NS, { kind: 'session', id: 'a' })).toEqual({
      id: 'a',
      value: { deep: ['\ud800', 1] },
      version: 1,
    });
    expect(await store.list({ ns: NS, kind: 'session', index: 'state', value: 'new', limit: 10 })).toHaveLength(1);
    expect(await store.readLog(NS, of, { limit: 10 })).toEqual(list);
    expect(await store.head(NS, of)).toEqual({ epoch: 1, seq: 6, frame: list[2]?.id });
    expect(await store.readInbox(NS, of, 0, 10)).toEqual([{ position: 2, item: items[1] }]);
    expect(await store.claimDue(100, 10, 1)).toEqual([{ ns: NS, kind: 'session', id: 'a', name: 'wake', at: 100 }]);
    expect(await mustCommit(store, { ns: NS, inbox: [{ session: of, item: item() }] })).toEqual([3]);
    expect(await store.append(NS, [list[2] ?? frame({ session: of, first: 1 })])).toMatchObject([
      { status: 'duplicate' },
    ]);
    expect(await store.raiseFence(NS, 'f')).toBe(2);
  });

  it('positions go on after a trimmed inbox is opened again', async (context) => {
    if (subject.reopen === undefined) return context.skip();
    const of = session();
    await mustCommit(subject.store, { ns: NS, inbox: [{ session: of, item: item() }] });
    await subject.store.trimInbox(NS, of, 1);
    const store = await subject.reopen();
    expect(await mustCommit(store, { ns: NS, inbox: [{ session: of, item: item() }] })).toEqual([2]);
  });

  it('calls that are under way when the store closes settle, and later ones reject', async () => {
    const { store } = subject;
    const underWay = Promise.allSettled(Array.from({ length: 20 }, (_, i) => store.commit(putting({ id: `c${i}` }))));
    await store.close();
    const settled = await underWay;
    const wrong = settled.filter((result) =>
      result.status === 'fulfilled' ? result.value.status !== 'committed' : !(result.reason instanceof Error),
    );
    expect(wrong).toEqual([]);
    await expect(store.get(NS, { kind: 'session', id: 'c0' })).rejects.toBeInstanceOf(Error);
    await expect(store.commit(putting({ id: 'late' }))).rejects.toBeInstanceOf(Error);
    await store.close();
  });
}
