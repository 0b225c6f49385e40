import type { Frame, SessionId } from '@treeline/shared';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Store, Unit } from '../store.ts';
import { frame, frames, item, mustAppend, mustCommit, NS, putting, session, type Subject } from './subject.contract.ts';

const EMPTY = { epoch: 0, seq: 0, frame: null };

export function unitRules(subject: Subject): void {
  it('a unit of nothing is committed', async () => {
    expect(await subject.store.commit({ ns: NS })).toEqual({ status: 'committed', positions: [] });
  });

  it('a unit does everything it names', async () => {
    const of = session();
    const old = session();
    await mustCommit(subject.store, putting({ id: 'gone' }));
    await mustCommit(subject.store, { ns: NS, inbox: [{ session: old, item: item() }], frames: frames(old, 2) });
    const said = frame({ session: of, first: 1 });
    const sent = item('go');
    const positions = await mustCommit(subject.store, {
      ns: NS,
      put: [
        { kind: 'session', id: of, expect: 0, value: 1, indexes: { state: 'open' } },
        { kind: 'trigger', id: 't', expect: 0, value: 2 },
      ],
      remove: [{ kind: 'session', id: 'gone', expect: 1 }],
      setTimers: [{ kind: 'trigger', id: 't', name: 'expire', at: 500 }],
      inbox: [{ session: of, item: sent }],
      frames: [said],
      dropSessions: [old],
    });
    expect(positions).toEqual([1]);
    expect(await subject.store.get(NS, { kind: 'session', id: of })).toMatchObject({ value: 1 });
    expect(await subject.store.get(NS, { kind: 'trigger', id: 't' })).toMatchObject({ value: 2 });
    expect(await subject.store.get(NS, { kind: 'session', id: 'gone' })).toBeUndefined();
    expect(await subject.store.nextDue()).toBe(500);
    expect(await subject.store.readInbox(NS, of, 0, 10)).toEqual([{ position: 1, item: sent }]);
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual([said]);
    expect(await subject.store.head(NS, old)).toEqual(EMPTY);
    expect(await subject.store.readInbox(NS, old, 0, 10)).toEqual([]);
  });

  it('a record in expect must have its version and is not written', async () => {
    await mustCommit(subject.store, putting({ id: 'parent' }));
    const under = (version: number): Unit => ({
      ...putting({ id: `child-of-${version}` }),
      expect: [{ kind: 'session', id: 'parent', version }],
    });
    await mustCommit(subject.store, under(1));
    expect(await subject.store.commit(under(2))).toMatchObject({
      status: 'conflict',
      on: expect.stringContaining('parent'),
    });
    expect(await subject.store.commit(under(0))).toMatchObject({ status: 'conflict' });
    expect(await subject.store.get(NS, { kind: 'session', id: 'parent' })).toMatchObject({ version: 1 });
    expect(await subject.store.get(NS, { kind: 'session', id: 'child-of-2' })).toBeUndefined();
  });

  it('version 0 in expect means that there is no such record', async () => {
    const free = { ...putting({ id: 'a' }), expect: [{ kind: 'runner', id: 'x', version: 0 }] } as const;
    await mustCommit(subject.store, free);
    await mustCommit(subject.store, putting({ id: 'x', kind: 'runner' }));
    expect(await subject.store.commit({ ...free, ...putting({ id: 'b' }) })).toMatchObject({ status: 'conflict' });
  });

  describe('a unit whose last condition fails writes nothing', () => {
    let of: SessionId;
    let dropped: SessionId;
    let logged: Frame[];
    beforeEach(async () => {
      [of, dropped] = [session(), session()];
      logged = frames(of, 2);
      await mustCommit(subject.store, {
        ns: NS,
        put: [
          { kind: 'session', id: 'a', expect: 0, value: 'before', indexes: { state: 'open' } },
          { kind: 'session', id: 'b', expect: 0, value: 'before' },
        ],
        setTimers: [{ kind: 'session', id: 'a', name: 'wake', at: 100 }],
        inbox: [{ session: dropped, item: item() }],
        frames: [...logged, ...frames(dropped, 1)],
      });
      await subject.store.raiseFence(NS, 'f');
    });

    const everything = (): Unit => ({
      ns: NS,
      put: [
        { kind: 'session', id: 'a', expect: 1, value: 'after', indexes: { state: 'shut' } },
        { kind: 'session', id: 'new', expect: 0, value: 'after', indexes: { state: 'shut' } },
      ],
      remove: [{ kind: 'session', id: 'b', expect: 1 }],
      setTimers: [{ kind: 'session', id: 'new', name: 'wake', at: 1 }],
      clearTimers: [{ kind: 'session', id: 'a', name: 'wake' }],
      inbox: [{ session: of, item: item() }],
      frames: [frame({ session: of, first: 3 })],
      dropSessions: [dropped],
    });

    async function nothingHappened(store: Store) {
      expect(await store.get(NS, { kind: 'session', id: 'a' })).toMatchObject({ value: 'before', version: 1 });
      expect(await store.get(NS, { kind: 'session', id: 'b' })).toMatchObject({ value: 'before', version: 1 });
      expect(await store.get(NS, { kind: 'session', id: 'new' })).toBeUndefined();
      expect(await store.count(NS, 'session', 'state', 'open')).toBe(1);
      expect(await store.count(NS, 'session', 'state', 'shut')).toBe(0);
      expect(await store.nextDue()).toBe(100);
      expect(await store.readInbox(NS, of, 0, 10)).toEqual([]);
      expect(await store.readLog(NS, of, { limit: 10 })).toEqual(logged);
      expect(await store.head(NS, dropped)).toMatchObject({ epoch: 1, seq: 1 });
      expect(await store.readInbox(NS, dropped, 0, 10)).toHaveLength(1);
    }

    it('by a put', async () => {
      const unit = everything();
      const wrong = { kind: 'session', id: 'c', expect: 9, value: 1 } as const;
      expect(await subject.store.commit({ ...unit, put: [...(unit.put ?? []), wrong] })).toMatchObject({
        status: 'conflict',
        on: expect.stringContaining('c'),
      });
      await nothingHappened(subject.store);
    });

    it('by a remove', async () => {
      const unit = everything();
      const wrong = { kind: 'session', id: 'c', expect: 9 } as const;
      expect(await subject.store.commit({ ...unit, remove: [...(unit.remove ?? []), wrong] })).toMatchObject({
        status: 'conflict',
      });
      await nothingHappened(subject.store);
    });

    it('by a record it expects', async () => {
      const unit = { ...everything(), expect: [{ kind: 'session', id: 'a', version: 2 }] } as const;
      expect(await subject.store.commit(unit)).toMatchObject({ status: 'conflict' });
      await nothingHappened(subject.store);
    });

    it('by its fence', async () => {
      expect(await subject.store.commit({ ...everything(), fences: [{ name: 'f', value: 2 }] })).toEqual({
        status: 'fenced',
      });
      await nothingHappened(subject.store);
    });

    it.each([
      { why: 'gap', shape: { first: 5 } },
      { why: 'forked', shape: { first: 2 } },
      { why: 'gap', shape: { epoch: 2, first: 2 } },
    ] as const)('by a frame: $why of $shape', async ({ why, shape }) => {
      const unit = everything();
      const wrong = frame({ session: of, ...shape });
      expect(await subject.store.commit({ ...unit, frames: [frame({ session: session(), first: 1 }), wrong] })).toEqual(
        {
          status: 'rejected',
          session: of,
          append: { status: why, head: { epoch: 1, seq: 2, frame: logged[1]?.id } },
        },
      );
      await nothingHappened(subject.store);
    });

    it('by a frame that is already there', async () => {
      const [first] = logged as [Frame];
      expect(await subject.store.commit({ ...everything(), frames: [first] })).toMatchObject({
        status: 'rejected',
        session: of,
        append: { status: 'duplicate', head: { epoch: 1, seq: 2 } },
      });
      await nothingHappened(subject.store);
    });

    it('by a frame that is in the unit twice', async () => {
      const twice = frame({ session: of, first: 3 });
      expect(await subject.store.commit({ ...everything(), frames: [twice, twice] })).toMatchObject({
        status: 'rejected',
        session: of,
        append: { status: 'duplicate' },
      });
      await nothingHappened(subject.store);
    });

    it('by a frame that does not follow an earlier one of the unit', async () => {
      const list = [frame({ session: of, first: 3 }), frame({ session: of, first: 5 })];
      expect(await subject.store.commit({ ...everything(), frames: list })).toMatchObject({
        status: 'rejected',
        session: of,
        append: { status: 'gap' },
      });
      await nothingHappened(subject.store);
    });
  });

  it('the frames of a unit are appended in order, into a larger epoch too', async () => {
    const of = session();
    const list = [...frames(of, 2, { records: 3 }), frame({ session: of, epoch: 4, first: 1, count: 2 })];
    await mustCommit(subject.store, { ns: NS, frames: list });
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list);
    expect(await subject.store.head(NS, of)).toEqual({ epoch: 4, seq: 2, frame: list[2]?.id });
  });

  it('a commit appends to the same log as append', async () => {
    const of = session();
    const list = frames(of, 3);
    await mustAppend(subject.store, list.slice(0, 1));
    await mustCommit(subject.store, { ns: NS, frames: list.slice(1, 2) });
    await mustAppend(subject.store, list.slice(2));
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list);
  });

  it('a dropped session has no inbox and no log, and its log begins anew', async () => {
    const [stays, gone] = [session(), session()];
    for (const of of [stays, gone]) {
      await mustCommit(subject.store, { ns: NS, inbox: [{ session: of, item: item() }], frames: frames(of, 3) });
    }
    await mustCommit(subject.store, { ns: NS, dropSessions: [gone] });
    expect(await subject.store.head(NS, gone)).toEqual(EMPTY);
    expect(await subject.store.readLog(NS, gone, { limit: 10 })).toEqual([]);
    expect(await subject.store.readLogTail(NS, gone, 10)).toEqual([]);
    expect(await subject.store.readInbox(NS, gone, 0, 10)).toEqual([]);
    expect(await subject.store.head(NS, stays)).toMatchObject({ epoch: 1, seq: 3 });
    expect(await subject.store.readInbox(NS, stays, 0, 10)).toHaveLength(1);
    const anew = frames(gone, 1);
    await mustCommit(subject.store, { ns: NS, frames: anew, inbox: [{ session: gone, item: item('anew') }] });
    expect(await subject.store.readLog(NS, gone, { limit: 10 })).toEqual(anew);
    expect(await subject.store.readInbox(NS, gone, 0, 10)).toMatchObject([{ item: { text: 'anew' } }]);
    await mustCommit(subject.store, { ns: NS, dropSessions: [session()] });
  });

  describe('fences', () => {
    it('a fence is raised by one each time, the first time to 1', async () => {
      expect(await subject.store.raiseFence(NS, 'r1')).toBe(1);
      expect(await subject.store.raiseFence(NS, 'r1')).toBe(2);
      expect(await subject.store.raiseFence(NS, 'r2')).toBe(1);
    });

    it('a commit is refused unless the fence still has its value', async () => {
      await subject.store.raiseFence(NS, 'r1');
      const guarded = (id: string, value: number) => ({ ...putting({ id }), fences: [{ name: 'r1', value }] });
      await mustCommit(subject.store, guarded('a', 1));
      await subject.store.raiseFence(NS, 'r1');
      expect(await subject.store.commit(guarded('b', 1))).toEqual({ status: 'fenced' });
      expect(await subject.store.commit(guarded('b', 3))).toEqual({ status: 'fenced' });
      await mustCommit(subject.store, guarded('b', 2));
      expect(await subject.store.commit({ ...putting({ id: 'c' }), fences: [{ name: 'unknown', value: 1 }] })).toEqual({
        status: 'fenced',
      });
    });

    it('an append is refused, each frame of it, unless the fence still has its value', async () => {
      const [a, b] = [session(), session()];
      await subject.store.raiseFence(NS, 'r1');
      const first = [frame({ session: a, first: 1 }), frame({ session: b, first: 1 })];
      const guard = { name: 'r1', value: 1 };
      expect(await subject.store.append(NS, first, guard)).toMatchObject([
        { status: 'appended' },
        { status: 'appended' },
      ]);
      await subject.store.raiseFence(NS, 'r1');
      const second = [frame({ session: a, first: 2 }), frame({ session: b, first: 2 })];
      expect(await subject.store.append(NS, second, guard)).toEqual([{ status: 'fenced' }, { status: 'fenced' }]);
      expect(await subject.store.head(NS, a)).toMatchObject({ seq: 1 });
      expect(await subject.store.append(NS, second, { name: 'r1', value: 2 })).toMatchObject([
        { status: 'appended' },
        { status: 'appended' },
      ]);
    });
  });
}
