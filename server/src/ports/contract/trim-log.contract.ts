import { lastSeq, type Frame, type Position } from '@treeline/shared';
import { expect, it } from 'vitest';
import { frame, frames, mustAppend, mustCommit, NS, session, type Subject } from './subject.contract.ts';

const NOTHING = { epoch: 0, seq: 0 };
const endOf = (of: Frame | undefined): Position => ({ epoch: of?.epoch ?? 0, seq: of === undefined ? 0 : lastSeq(of) });

export function trimLogRules(subject: Subject): void {
  it('LOG-14 what ends at or before a position goes, and the log says how far', async () => {
    const of = session();
    const list = frames(of, 5, { records: 3 });
    await mustAppend(subject.store, list);
    expect(await subject.store.trimmedTo(NS, of)).toEqual(NOTHING);
    await subject.store.trimLog(NS, of, { epoch: 1, seq: 7 });
    expect(await subject.store.trimmedTo(NS, of)).toEqual({ epoch: 1, seq: 6 });
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list.slice(2));
    expect(await subject.store.readLog(NS, of, { after: { epoch: 1, seq: 2 }, limit: 2 })).toEqual(list.slice(2, 4));
    expect(await subject.store.readLogTail(NS, of, 10)).toEqual(list.slice(2));
    await subject.store.trimLog(NS, of, { epoch: 1, seq: 9 });
    expect(await subject.store.trimmedTo(NS, of)).toEqual({ epoch: 1, seq: 9 });
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list.slice(3));
  });

  it('a position before what was trimmed, or before the first frame ends, changes nothing', async () => {
    const of = session();
    const list = frames(of, 3, { records: 4 });
    await mustAppend(subject.store, list);
    await subject.store.trimLog(NS, of, { epoch: 1, seq: 3 });
    expect(await subject.store.trimmedTo(NS, of)).toEqual(NOTHING);
    await subject.store.trimLog(NS, of, { epoch: 1, seq: 4 });
    await subject.store.trimLog(NS, of, { epoch: 1, seq: 2 });
    await subject.store.trimLog(NS, session(), { epoch: 9, seq: 9 });
    expect(await subject.store.trimmedTo(NS, of)).toEqual({ epoch: 1, seq: 4 });
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list.slice(1));
  });

  it('the frame at the end stays, and the log goes on behind it', async () => {
    const of = session();
    const list = frames(of, 3, { records: 2 });
    await mustAppend(subject.store, list);
    await subject.store.trimLog(NS, of, { epoch: 7, seq: 1 });
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list.slice(2));
    expect(await subject.store.trimmedTo(NS, of)).toEqual(endOf(list[1]));
    expect(await subject.store.head(NS, of)).toEqual({ ...endOf(list[2]), frame: list[2]?.id });
    await subject.store.trimLog(NS, of, { epoch: 7, seq: 1 });
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list.slice(2));
    const next = frame({ session: of, first: 7 });
    await mustAppend(subject.store, [next]);
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual([list[2], next]);
  });

  it('LOG-14 what was trimmed and comes again is a duplicate, in a unit too; what is there is judged as before', async () => {
    const of = session();
    const list = [...frames(of, 3, { records: 2 }), ...frames(of, 3, { epoch: 2, records: 2 })];
    await mustAppend(subject.store, list);
    await subject.store.trimLog(NS, of, { epoch: 2, seq: 2 });
    const head = await subject.store.head(NS, of);
    for (const again of list) expect(await subject.store.append(NS, [again])).toEqual([{ status: 'duplicate', head }]);
    expect(await subject.store.commit({ ns: NS, frames: list.slice(0, 1) })).toMatchObject({
      status: 'rejected',
      append: { status: 'duplicate' },
    });
    const other = frame({ session: of, epoch: 2, first: 3, count: 2 });
    expect(await subject.store.append(NS, [other])).toEqual([{ status: 'forked', head }]);
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list.slice(4));
  });

  it('epochs before the position go whole', async () => {
    const of = session();
    const list = [...frames(of, 2), ...frames(of, 3, { epoch: 3 }), ...frames(of, 1, { epoch: 4 })];
    await mustAppend(subject.store, list);
    await subject.store.trimLog(NS, of, { epoch: 2, seq: 1 });
    expect(await subject.store.trimmedTo(NS, of)).toEqual({ epoch: 1, seq: 2 });
    await subject.store.trimLog(NS, of, { epoch: 3, seq: 2 });
    expect(await subject.store.trimmedTo(NS, of)).toEqual({ epoch: 3, seq: 2 });
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list.slice(4));
  });

  it('other sessions keep theirs, and a session that was dropped begins anew', async () => {
    const [of, other] = [session(), session()];
    await mustAppend(subject.store, [...frames(of, 3), ...frames(other, 3)]);
    await subject.store.trimLog(NS, of, { epoch: 1, seq: 2 });
    expect(await subject.store.trimmedTo(NS, other)).toEqual(NOTHING);
    expect(await subject.store.readLog(NS, other, { limit: 10 })).toHaveLength(3);
    await mustCommit(subject.store, { ns: NS, dropSessions: [of] });
    expect(await subject.store.trimmedTo(NS, of)).toEqual(NOTHING);
    const fresh = frames(of, 2);
    await mustAppend(subject.store, fresh);
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(fresh);
  });

  it('how far it was trimmed survives', async () => {
    if (subject.reopen === undefined) return;
    const of = session();
    const list = frames(of, 4);
    await mustAppend(subject.store, list);
    await subject.store.trimLog(NS, of, { epoch: 1, seq: 3 });
    const again = await subject.reopen();
    expect(await again.trimmedTo(NS, of)).toEqual({ epoch: 1, seq: 3 });
    expect(await again.append(NS, list.slice(0, 1))).toMatchObject([{ status: 'duplicate' }]);
    expect(await again.head(NS, of)).toMatchObject({ epoch: 1, seq: 4, frame: list[3]?.id });
  });
}
