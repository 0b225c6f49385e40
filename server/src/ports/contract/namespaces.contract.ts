import { expect, it } from 'vitest';
import { frames, idsOf, item, mustAppend, mustCommit, session, type Subject } from './subject.contract.ts';

export function namespaceRules(subject: Subject): void {
  it.each([
    ['one', 'two'],
    ['a', 'a:b'],
    ['a', 'A'],
    ['{x}', 'x'],
  ])('nothing crosses namespaces: %s and %s', async (mine, theirs) => {
    const { store } = subject;
    const of = session();
    const all = (ns: string) => store.list({ ns, kind: 'session', limit: 10 });
    const log = frames(of, 2);
    await mustCommit(store, {
      ns: mine,
      put: [{ kind: 'session', id: of, expect: 0, value: 'mine', indexes: { state: 'open' } }],
      inbox: [{ session: of, item: item() }],
      frames: log,
    });
    await store.raiseFence(mine, 'f');

    expect(await store.get(theirs, { kind: 'session', id: of })).toBeUndefined();
    expect(await store.getMany(theirs, 'session', [of])).toEqual([undefined]);
    expect(await all(theirs)).toEqual([]);
    expect(await store.list({ ns: theirs, kind: 'session', index: 'state', value: 'open', limit: 10 })).toEqual([]);
    expect(await store.count(theirs, 'session', 'state', 'open')).toBe(0);
    expect(await store.readInbox(theirs, of, 0, 10)).toEqual([]);
    expect(await store.head(theirs, of)).toEqual({ epoch: 0, seq: 0, frame: null });
    expect(await store.readLog(theirs, of, { limit: 10 })).toEqual([]);
    expect(await store.commit({ ns: theirs, fences: [{ name: 'f', value: 1 }] })).toEqual({ status: 'fenced' });
    expect(await store.raiseFence(theirs, 'f')).toBe(1);

    const positions = await mustCommit(store, {
      ns: theirs,
      put: [{ kind: 'session', id: of, expect: 0, value: 'theirs' }],
      inbox: [{ session: of, item: item() }],
    });
    expect(positions).toEqual([1]);
    await mustAppend(store, frames(of, 1), theirs);
    await store.trimInbox(theirs, of, 1);
    await mustCommit(store, {
      ns: theirs,
      remove: [{ kind: 'session', id: of, expect: 1 }],
      dropSessions: [of],
    });

    expect(await store.get(mine, { kind: 'session', id: of })).toMatchObject({ value: 'mine', version: 1 });
    expect(idsOf(await all(mine))).toEqual([of]);
    expect(await store.count(mine, 'session', 'state', 'open')).toBe(1);
    expect(await store.readInbox(mine, of, 0, 10)).toHaveLength(1);
    expect(await store.readLog(mine, of, { limit: 10 })).toEqual(log);
  });
}
