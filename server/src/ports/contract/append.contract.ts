import { lastSeq } from '@treeline/shared';
import { expect, it } from 'vitest';
import { frame, frames, mustAppend, NS, session, type Subject } from './subject.contract.ts';

export function appendRules(subject: Subject): void {
  it('appending nothing answers nothing', async () => {
    expect(await subject.store.append(NS, [])).toEqual([]);
  });

  it('the head of an empty log is before the first position', async () => {
    expect(await subject.store.head(NS, session())).toEqual({ epoch: 0, seq: 0, frame: null });
  });

  it.each([1, 7])('the first frame of a log begins at sequence 1 of any epoch: %i', async (epoch) => {
    const of = session();
    const late = frame({ session: of, epoch, first: 2 });
    const empty = { epoch: 0, seq: 0, frame: null };
    expect(await subject.store.append(NS, [late])).toEqual([{ status: 'gap', head: empty }]);
    expect(await subject.store.head(NS, of)).toEqual(empty);
    const first = frame({ session: of, epoch, first: 1, count: 5 });
    const head = { epoch, seq: 5, frame: first.id };
    expect(await subject.store.append(NS, [first])).toEqual([{ status: 'appended', head }]);
    expect(await subject.store.head(NS, of)).toEqual(head);
  });

  it('a frame that follows is appended and becomes the head', async () => {
    const of = session();
    for (const next of frames(of, 4, { records: 3 })) {
      const head = { epoch: 1, seq: lastSeq(next), frame: next.id };
      expect(await subject.store.append(NS, [next])).toEqual([{ status: 'appended', head }]);
      expect(await subject.store.head(NS, of)).toEqual(head);
    }
  });

  it('LOG-5 a frame sent again is a duplicate, an older one too, and is there once', async () => {
    const of = session();
    const list = frames(of, 3, { records: 2 });
    await mustAppend(subject.store, list);
    const head = { epoch: 1, seq: 6, frame: list[2]?.id };
    for (const again of list) expect(await subject.store.append(NS, [again])).toEqual([{ status: 'duplicate', head }]);
    expect(await subject.store.append(NS, list)).toEqual(list.map(() => ({ status: 'duplicate', head })));
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list);
  });

  it('LOG-6 what follows a fork in the same call is not taken, though it would fit behind the frame of the other', async () => {
    const of = session();
    const theirs = frames(of, 2, { records: 2 });
    await mustAppend(subject.store, theirs);
    const head = { epoch: 1, seq: 4, frame: theirs[1]?.id };
    const ours = [theirs[0], frame({ session: of, first: 3, count: 2 }), frame({ session: of, first: 5 })];
    const results = await subject.store.append(NS, ours as typeof theirs);
    expect(results).toEqual([
      { status: 'duplicate', head },
      { status: 'forked', head },
      { status: 'gap', head },
    ]);
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(theirs);
  });

  it('LOG-6 another frame at the same sequences is a fork', async () => {
    const of = session();
    const list = frames(of, 2, { records: 4 });
    await mustAppend(subject.store, list);
    const head = { epoch: 1, seq: 8, frame: list[1]?.id };
    const forks = [
      { first: 5, count: 4 },
      { first: 1, count: 4 },
      { first: 1, count: 8 },
      { first: 6, count: 1 },
      { first: 8, count: 1 },
      { first: 7, count: 20 },
      { first: 1, count: 20 },
    ];
    for (const shape of forks) {
      const other = frame({ session: of, ...shape });
      expect(await subject.store.append(NS, [other])).toEqual([{ status: 'forked', head }]);
    }
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual(list);
  });

  it('LOG-7 a frame that begins beyond the head leaves a gap', async () => {
    const of = session();
    const first = frame({ session: of, first: 1, count: 4 });
    await mustAppend(subject.store, [first]);
    const head = { epoch: 1, seq: 4, frame: first.id };
    const beyond = [frame({ session: of, first: 6 }), frame({ session: of, first: 100 })];
    for (const far of beyond) expect(await subject.store.append(NS, [far])).toEqual([{ status: 'gap', head }]);
    expect(await subject.store.head(NS, of)).toEqual(head);
  });

  it('LOG-8 a larger epoch begins with sequence 1, and then the smaller is stale', async () => {
    const of = session();
    const old = frames(of, 2);
    await mustAppend(subject.store, old);
    expect(await subject.store.append(NS, [frame({ session: of, epoch: 2, first: 3 })])).toMatchObject([
      { status: 'gap', head: { epoch: 1, seq: 2 } },
    ]);
    const fresh = frame({ session: of, epoch: 3, first: 1 });
    const head = { epoch: 3, seq: 1, frame: fresh.id };
    expect(await subject.store.append(NS, [fresh])).toEqual([{ status: 'appended', head }]);
    const stale = [
      frame({ session: of, epoch: 1, first: 3 }),
      frame({ session: of, epoch: 1, first: 1 }),
      frame({ session: of, epoch: 2, first: 1 }),
    ];
    for (const late of stale) {
      expect(await subject.store.append(NS, [late])).toEqual([{ status: 'stale_epoch', head }]);
    }
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toEqual([...old, fresh]);
  });

  it('a frame of an earlier epoch that is already there is a duplicate', async () => {
    const of = session();
    const old = frame({ session: of, epoch: 1, first: 1 });
    const fresh = frame({ session: of, epoch: 2, first: 1 });
    await mustAppend(subject.store, [old, fresh]);
    expect(await subject.store.append(NS, [old])).toEqual([
      { status: 'duplicate', head: { epoch: 2, seq: 1, frame: fresh.id } },
    ]);
  });

  it('epochs and sequences may be as large as the wire allows', async () => {
    const of = session();
    const epoch = 2 ** 31;
    await mustAppend(subject.store, [frame({ session: of, epoch, first: 1, count: 512 })]);
    expect(await subject.store.head(NS, of)).toMatchObject({ epoch, seq: 512 });
    expect(await subject.store.append(NS, [frame({ session: of, epoch, first: 2 ** 48 })])).toMatchObject([
      { status: 'gap' },
    ]);
  });

  it('frames of many sessions in one call are answered in order, and one refusal does not stop the others', async () => {
    const all = Array.from({ length: 20 }, session);
    const list = all.flatMap((of, i) => [
      frame({ session: of, first: i % 3 === 0 ? 2 : 1 }),
      frame({ session: of, first: 2 }),
    ]);
    const results = await subject.store.append(NS, list);
    expect(results.map(({ status }) => status)).toEqual(
      all.flatMap((_, i) => (i % 3 === 0 ? ['gap', 'gap'] : ['appended', 'appended'])),
    );
    for (const [i, of] of all.entries()) {
      expect(await subject.store.head(NS, of)).toMatchObject({ seq: i % 3 === 0 ? 0 : 2 });
    }
  });

  it('one call sees its own earlier frames', async () => {
    const of = session();
    const [one, two] = [frame({ session: of, first: 1, count: 2 }), frame({ session: of, first: 3 })];
    const other = frame({ session: of, first: 3 });
    expect(await subject.store.append(NS, [one, one, two, other])).toEqual([
      { status: 'appended', head: { epoch: 1, seq: 2, frame: one.id } },
      { status: 'duplicate', head: { epoch: 1, seq: 2, frame: one.id } },
      { status: 'appended', head: { epoch: 1, seq: 3, frame: two.id } },
      { status: 'forked', head: { epoch: 1, seq: 3, frame: two.id } },
    ]);
  });

  it('LOG-2 a frame comes back as it went in, its body byte for byte', async () => {
    const of = session();
    const bodies = [
      '[]',
      '[ {"text" : "a\u2028b \\u0000 \\ud800 🌲"} ]',
      JSON.stringify(['\ud800', '€'.repeat(50_000)]),
      `["${'x'.repeat(512 * 1024 - 4)}"]`,
    ];
    const list = bodies.map((body, i) => ({ ...frame({ session: of, first: i + 1 }), body }));
    await mustAppend(subject.store, list);
    expect(await subject.store.readLog(NS, of, { limit: 10 })).toStrictEqual(list);
  });

  it('a body that is no valid text does not disturb the log', async () => {
    const of = session();
    const odd = { ...frame({ session: of, first: 1 }), body: '["\ud800"]' };
    await mustAppend(subject.store, [odd, frame({ session: of, first: 2 })]);
    const [stored, next] = await subject.store.readLog(NS, of, { limit: 10 });
    expect({ ...stored, body: '' }).toEqual({ ...odd, body: '' });
    expect(next).toMatchObject({ first: 2 });
  });
}
