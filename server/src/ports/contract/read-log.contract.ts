import { expect, it } from 'vitest';
import { frame, frames, mustAppend, NS, session, type Subject } from './subject.contract.ts';

export function readLogRules(subject: Subject): void {
  it('an empty log reads as nothing', async () => {
    expect(await subject.store.readLog(NS, session(), { limit: 10 })).toEqual([]);
    expect(await subject.store.readLog(NS, session(), { after: { epoch: 3, seq: 4 }, limit: 10 })).toEqual([]);
    expect(await subject.store.readLogTail(NS, session(), 10)).toEqual([]);
  });

  it('a frame belongs to the answer when its last record is after the position', async () => {
    const of = session();
    const list = frames(of, 3, { records: 4 });
    await mustAppend(subject.store, list);
    const after = (seq: number, epoch = 1) => subject.store.readLog(NS, of, { after: { epoch, seq }, limit: 10 });
    expect(await after(0, 0)).toEqual(list);
    expect(await after(0)).toEqual(list);
    expect(await after(3)).toEqual(list);
    expect(await after(4)).toEqual(list.slice(1));
    expect(await after(5)).toEqual(list.slice(1));
    expect(await after(7)).toEqual(list.slice(1));
    expect(await after(8)).toEqual(list.slice(2));
    expect(await after(11)).toEqual(list.slice(2));
    expect(await after(12)).toEqual([]);
    expect(await after(0, 2)).toEqual([]);
    expect(await after(999, 0)).toEqual(list);
  });

  it('epochs follow each other', async () => {
    const of = session();
    const list = [...frames(of, 2, { records: 2 }), ...frames(of, 2, { epoch: 2 }), ...frames(of, 1, { epoch: 10 })];
    await mustAppend(subject.store, list);
    const after = (epoch: number, seq: number) => subject.store.readLog(NS, of, { after: { epoch, seq }, limit: 10 });
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list);
    expect(await after(1, 4)).toEqual(list.slice(2));
    expect(await after(1, 999)).toEqual(list.slice(2));
    expect(await after(2, 1)).toEqual(list.slice(3));
    expect(await after(5, 0)).toEqual(list.slice(4));
    expect(await after(10, 1)).toEqual([]);
  });

  it('pages of a log are whole when each goes on after the last record of the one before', async () => {
    const of = session();
    const list = frames(of, 23, { records: 3 });
    await mustAppend(subject.store, list);
    const read = [];
    let after = { epoch: 0, seq: 0 };
    for (;;) {
      const page = await subject.store.readLog(NS, of, { after, limit: 5 });
      expect(page.length).toBeLessThanOrEqual(5);
      const last = page.at(-1);
      if (last === undefined) break;
      read.push(...page);
      after = { epoch: last.epoch, seq: last.first + last.count - 1 };
    }
    expect(read).toEqual(list);
  });

  it('the tail has the last frames, oldest first, across epochs', async () => {
    const of = session();
    const list = [...frames(of, 12), frame({ session: of, epoch: 2, first: 1, count: 9 })];
    await mustAppend(subject.store, list);
    expect(await subject.store.readLogTail(NS, of, 1)).toEqual(list.slice(-1));
    expect(await subject.store.readLogTail(NS, of, 4)).toEqual(list.slice(-4));
    expect(await subject.store.readLogTail(NS, of, 100)).toEqual(list);
  });
}
