import { expect, it } from 'vitest';
import type { ListQuery, Put, Store } from '../store.ts';
import { idsOf, mustCommit, NS, putting, type Subject } from './subject.contract.ts';

const IDS = ['a1', 'a2', 'b1', 'b2', 'c1'];

async function ids(store: Store, query: Partial<ListQuery> = {}): Promise<string[]> {
  return idsOf(await store.list({ ns: NS, kind: 'session', limit: 100, ...query }));
}

function indexed(id: string, indexes: NonNullable<Put['indexes']>, expected = 0) {
  return putting({ id, expect: expected, indexes });
}

export function listRules(subject: Subject): void {
  const scrambled = [...IDS].reverse();

  it('a list without an index has all of the kind, by id, with values and versions', async () => {
    for (const id of scrambled) await mustCommit(subject.store, putting({ id, value: { id } }));
    await mustCommit(subject.store, putting({ id: 'other', kind: 'trigger' }));
    expect(await ids(subject.store)).toEqual(IDS);
    expect(await ids(subject.store, { order: 'asc' })).toEqual(IDS);
    expect(await ids(subject.store, { order: 'desc' })).toEqual(scrambled);
    const [first] = await subject.store.list({ ns: NS, kind: 'session', limit: 1 });
    expect(first).toEqual({ id: 'a1', value: { id: 'a1' }, version: 1 });
    expect(await ids(subject.store, { kind: 'runner' })).toEqual([]);
  });

  it.each([{}, { index: 'state', value: 'open' }])(
    'pages go on strictly after an id, in either order: %o',
    async (query) => {
      for (const id of scrambled) await mustCommit(subject.store, indexed(id, { state: 'open' }));
      expect(await ids(subject.store, { ...query, limit: 2 })).toEqual(['a1', 'a2']);
      expect(await ids(subject.store, { ...query, limit: 2, after: 'a2' })).toEqual(['b1', 'b2']);
      expect(await ids(subject.store, { ...query, limit: 2, after: 'b2' })).toEqual(['c1']);
      expect(await ids(subject.store, { ...query, after: 'c1' })).toEqual([]);
      expect(await ids(subject.store, { ...query, after: 'a3' })).toEqual(['b1', 'b2', 'c1']);
      expect(await ids(subject.store, { ...query, order: 'desc', limit: 2 })).toEqual(['c1', 'b2']);
      expect(await ids(subject.store, { ...query, order: 'desc', limit: 2, after: 'b2' })).toEqual(['b1', 'a2']);
      expect(await ids(subject.store, { ...query, order: 'desc', after: 'b0' })).toEqual(['a2', 'a1']);
      expect(await ids(subject.store, { ...query, order: 'desc', after: 'a1' })).toEqual([]);
    },
  );

  it('a list by index has only the records indexed so', async () => {
    await mustCommit(subject.store, indexed('a', { state: 'open', owner: 'x' }));
    await mustCommit(subject.store, indexed('b', { state: 'closed', owner: 'x' }));
    await mustCommit(subject.store, indexed('c', { state: 'open' }));
    expect(await ids(subject.store, { index: 'state', value: 'open' })).toEqual(['a', 'c']);
    expect(await ids(subject.store, { index: 'owner', value: 'x' })).toEqual(['a', 'b']);
    expect(await ids(subject.store, { index: 'owner', value: 'open' })).toEqual([]);
    expect(await ids(subject.store, { index: 'none', value: 'x' })).toEqual([]);
    expect(await ids(subject.store, { kind: 'trigger', index: 'state', value: 'open' })).toEqual([]);
    const [first] = await subject.store.list({ ns: NS, kind: 'session', index: 'state', value: 'closed', limit: 9 });
    expect(first).toEqual({ id: 'b', value: {}, version: 1 });
  });

  it('an index with several values finds the record by each, once', async () => {
    await mustCommit(subject.store, indexed('a', { label: ['gpu', 'arm', 'gpu'] }));
    expect(await ids(subject.store, { index: 'label', value: 'gpu' })).toEqual(['a']);
    expect(await ids(subject.store, { index: 'label', value: 'arm' })).toEqual(['a']);
    expect(await subject.store.count(NS, 'session', 'label', 'gpu')).toBe(1);
  });

  it('a put replaces all indexes of the record, those of several values too', async () => {
    await mustCommit(subject.store, indexed('a', { state: 'open', label: ['gpu', 'arm'] }));
    await mustCommit(subject.store, indexed('a', { label: ['arm', 'big'] }, 1));
    expect(await ids(subject.store, { index: 'state', value: 'open' })).toEqual([]);
    expect(await ids(subject.store, { index: 'label', value: 'gpu' })).toEqual([]);
    expect(await ids(subject.store, { index: 'label', value: 'arm' })).toEqual(['a']);
    expect(await ids(subject.store, { index: 'label', value: 'big' })).toEqual(['a']);
    await mustCommit(subject.store, putting({ id: 'a', expect: 2 }));
    expect(await ids(subject.store, { index: 'label', value: 'arm' })).toEqual([]);
    expect(await ids(subject.store)).toEqual(['a']);
  });

  it('a put that is refused leaves the indexes alone', async () => {
    await mustCommit(subject.store, indexed('a', { state: 'open' }));
    expect(await subject.store.commit(indexed('a', { state: 'closed' }, 7))).toMatchObject({ status: 'conflict' });
    expect(await ids(subject.store, { index: 'state', value: 'open' })).toEqual(['a']);
    expect(await subject.store.count(NS, 'session', 'state', 'closed')).toBe(0);
  });

  it('a remove removes the record from every index and from the kind', async () => {
    await mustCommit(subject.store, indexed('a', { state: 'open', label: ['gpu', 'arm'] }));
    await mustCommit(subject.store, indexed('b', { label: 'gpu' }));
    await mustCommit(subject.store, { ns: NS, remove: [{ kind: 'session', id: 'a', expect: 1 }] });
    expect(await ids(subject.store)).toEqual(['b']);
    expect(await ids(subject.store, { index: 'state', value: 'open' })).toEqual([]);
    expect(await ids(subject.store, { index: 'label', value: 'gpu' })).toEqual(['b']);
    expect(await subject.store.count(NS, 'session', 'label', 'arm')).toBe(0);
  });

  it('count counts the records indexed so', async () => {
    expect(await subject.store.count(NS, 'session', 'state', 'open')).toBe(0);
    for (const id of IDS) await mustCommit(subject.store, indexed(id, { state: id.startsWith('a') ? 'open' : 'shut' }));
    expect(await subject.store.count(NS, 'session', 'state', 'open')).toBe(2);
    expect(await subject.store.count(NS, 'session', 'state', 'shut')).toBe(3);
    expect(await subject.store.count(NS, 'trigger', 'state', 'open')).toBe(0);
  });

  it('ids, index names and values may hold separators, spaces and any letters', async () => {
    const odd = ['a:b', 'a', 'b:a', '{a}', 'a b', 'a\u2028b', 'é🔑', 'a|b', 'a/b', 'a*', 'a\tb\n'];
    for (const id of odd) await mustCommit(subject.store, putting({ id, value: id, indexes: { [`i:${id}`]: id } }));
    expect((await ids(subject.store)).toSorted()).toEqual(odd.toSorted());
    for (const id of odd) {
      expect((await subject.store.get(NS, { kind: 'session', id }))?.value).toBe(id);
      expect(await ids(subject.store, { index: `i:${id}`, value: id })).toEqual([id]);
    }
    expect(await ids(subject.store, { index: 'i', value: 'a:a' })).toEqual([]);
  });
}
