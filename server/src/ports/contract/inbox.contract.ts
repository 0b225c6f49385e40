import type { SessionId } from '@treeline/shared';
import { expect, it } from 'vitest';
import { item, mustCommit, NS, session, type Subject } from './subject.contract.ts';

export function inboxRules(subject: Subject): void {
  const send = (...to: SessionId[]) =>
    mustCommit(subject.store, { ns: NS, inbox: to.map((of) => ({ session: of, item: item() })) });

  it('INB-1 each inbox counts its positions from 1, and a commit answers them in the order of the unit', async () => {
    const [a, b] = [session(), session()];
    expect(await send(a)).toEqual([1]);
    expect(await send(b, a, a, b)).toEqual([1, 2, 3, 2]);
    expect(await send(a)).toEqual([4]);
  });

  it('positions that were given elsewhere are not given again', async () => {
    const [fresh, used] = [session(), session()];
    await send(used, used);
    await mustCommit(subject.store, { ns: NS, raiseInbox: [fresh, used].map((of) => ({ session: of, to: 7 })) });
    expect(await send(fresh, used)).toEqual([8, 8]);
    const unit = { ns: NS, raiseInbox: [{ session: used, to: 3 }], inbox: [{ session: used, item: item() }] };
    expect(await subject.store.commit(unit)).toMatchObject({ positions: [9] });
    expect((await subject.store.readInbox(NS, used, 0, 10)).map(({ position }) => position)).toEqual([1, 2, 8, 9]);
  });

  it('a refused unit takes no position', async () => {
    const of = session();
    await send(of);
    const refused = await subject.store.commit({
      ns: NS,
      inbox: [{ session: of, item: item() }],
      expect: [{ kind: 'session', id: 'none', version: 1 }],
    });
    expect(refused).toMatchObject({ status: 'conflict' });
    expect(await send(of)).toEqual([2]);
  });

  it('an inbox is read after a position, in order, up to a limit', async () => {
    const of = session();
    const items = ['one', 'two', 'three', 'four'].map(item);
    await mustCommit(subject.store, { ns: NS, inbox: items.map((it) => ({ session: of, item: it })) });
    const entries = items.map((it, i) => ({ position: i + 1, item: it }));
    expect(await subject.store.readInbox(NS, of, 0, 10)).toEqual(entries);
    expect(await subject.store.readInbox(NS, of, 1, 2)).toEqual(entries.slice(1, 3));
    expect(await subject.store.readInbox(NS, of, 4, 10)).toEqual([]);
    expect(await subject.store.readInbox(NS, of, 99, 10)).toEqual([]);
    expect(await subject.store.readInbox(NS, session(), 0, 10)).toEqual([]);
  });

  it('more than nine items keep their order', async () => {
    const of = session();
    await send(...Array.from({ length: 25 }, () => of));
    const positions = (await subject.store.readInbox(NS, of, 0, 100)).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    expect((await subject.store.readInbox(NS, of, 9, 2)).map(({ position }) => position)).toEqual([10, 11]);
  });

  it('trimming forgets items up to a position, and the positions go on', async () => {
    const of = session();
    await send(of, of, of);
    await subject.store.trimInbox(NS, of, 2);
    expect((await subject.store.readInbox(NS, of, 0, 10)).map(({ position }) => position)).toEqual([3]);
    expect(await send(of)).toEqual([4]);
    await subject.store.trimInbox(NS, of, 99);
    expect(await subject.store.readInbox(NS, of, 0, 10)).toEqual([]);
    expect(await send(of)).toEqual([5]);
    await subject.store.trimInbox(NS, of, 1);
    await subject.store.trimInbox(NS, session(), 5);
    expect((await subject.store.readInbox(NS, of, 0, 10)).map(({ position }) => position)).toEqual([5]);
  });

  it('the positions of a session go on when other sessions are dropped', async () => {
    const [stays, goes] = [session(), session()];
    await send(stays, goes, stays);
    await mustCommit(subject.store, { ns: NS, dropSessions: [goes] });
    expect(await send(stays)).toEqual([3]);
    expect((await subject.store.readInbox(NS, stays, 0, 10)).map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('an item comes back as it went in, whatever its text', async () => {
    const of = session();
    const items = ['a\u2028b\u0000c 🌲', '\ud800 alone', '', '{"not":"parsed"}', 'x'.repeat(100_000)].map(item);
    await mustCommit(subject.store, { ns: NS, inbox: items.map((it) => ({ session: of, item: it })) });
    expect((await subject.store.readInbox(NS, of, 0, 10)).map((entry) => entry.item)).toStrictEqual(items);
  });
}
