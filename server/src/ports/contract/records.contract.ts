import { expect, it } from 'vitest';
import { mustCommit, NS, putting, type Subject } from './subject.contract.ts';

const RECORD = { kind: 'session', id: 'a' } as const;

export function recordRules(subject: Subject): void {
  it('a record that nobody put is undefined', async () => {
    expect(await subject.store.get(NS, RECORD)).toBeUndefined();
  });

  it('a put with expect 0 makes version 1', async () => {
    expect(await subject.store.commit(putting({ id: 'a', value: { n: 1 } }))).toEqual({
      status: 'committed',
      positions: [],
    });
    expect(await subject.store.get(NS, RECORD)).toEqual({ id: 'a', value: { n: 1 }, version: 1 });
  });

  it('a put with expect 0 of a record that exists is a conflict that names it', async () => {
    await mustCommit(subject.store, putting({ id: 'a', value: 'first' }));
    const result = await subject.store.commit(putting({ id: 'a', value: 'second' }));
    expect(result).toMatchObject({ status: 'conflict', on: expect.stringContaining('a') });
    expect(await subject.store.get(NS, RECORD)).toMatchObject({ value: 'first', version: 1 });
  });

  it('each put with the right version grows it by one', async () => {
    for (let version = 0; version < 3; version++) {
      await mustCommit(subject.store, putting({ id: 'a', expect: version, value: { version: version + 1 } }));
    }
    expect(await subject.store.get(NS, RECORD)).toEqual({ id: 'a', value: { version: 3 }, version: 3 });
  });

  it('a put with an older, a later or an invented version is a conflict', async () => {
    expect(await subject.store.commit(putting({ id: 'a', expect: 1 }))).toMatchObject({ status: 'conflict' });
    await mustCommit(subject.store, putting({ id: 'a' }));
    await mustCommit(subject.store, putting({ id: 'a', expect: 1 }));
    for (const expected of [0, 1, 3]) {
      const result = await subject.store.commit(putting({ id: 'a', expect: expected, value: 'no' }));
      expect(result, `expect ${expected}`).toMatchObject({ status: 'conflict' });
    }
    expect(await subject.store.get(NS, RECORD)).toMatchObject({ value: {}, version: 2 });
  });

  it('a removed record is gone, and its id starts again at version 1', async () => {
    await mustCommit(subject.store, putting({ id: 'a' }));
    await mustCommit(subject.store, putting({ id: 'a', expect: 1 }));
    await mustCommit(subject.store, { ns: NS, remove: [{ ...RECORD, expect: 2 }] });
    expect(await subject.store.get(NS, RECORD)).toBeUndefined();
    await mustCommit(subject.store, putting({ id: 'a', value: 'again' }));
    expect(await subject.store.get(NS, RECORD)).toEqual({ id: 'a', value: 'again', version: 1 });
  });

  it('a remove with the wrong version is a conflict and removes nothing', async () => {
    await mustCommit(subject.store, putting({ id: 'a' }));
    expect(await subject.store.commit({ ns: NS, remove: [{ ...RECORD, expect: 2 }] })).toMatchObject({
      status: 'conflict',
    });
    const missing = { kind: 'session', id: 'b', expect: 1 } as const;
    expect(await subject.store.commit({ ns: NS, remove: [missing] })).toMatchObject({ status: 'conflict' });
    expect(await subject.store.get(NS, RECORD)).toBeDefined();
  });

  it('the same id in two kinds is two records', async () => {
    await mustCommit(subject.store, putting({ id: 'a', value: 'session' }));
    await mustCommit(subject.store, putting({ id: 'a', kind: 'runner', value: 'runner' }));
    expect(await subject.store.get(NS, RECORD)).toMatchObject({ value: 'session', version: 1 });
    expect(await subject.store.get(NS, { kind: 'runner', id: 'a' })).toMatchObject({ value: 'runner', version: 1 });
    await mustCommit(subject.store, { ns: NS, remove: [{ ...RECORD, expect: 1 }] });
    expect(await subject.store.get(NS, { kind: 'runner', id: 'a' })).toBeDefined();
  });

  it('getMany answers in the order asked for, with undefined where there is none', async () => {
    for (const id of ['a', 'b', 'c']) await mustCommit(subject.store, putting({ id, value: id }));
    const found = await subject.store.getMany(NS, 'session', ['c', 'x', 'a', 'c']);
    expect(found.map((record) => record?.value)).toEqual(['c', undefined, 'a', 'c']);
    expect(found[0]).toEqual({ id: 'c', value: 'c', version: 1 });
    expect(await subject.store.getMany(NS, 'session', [])).toEqual([]);
    const many = Array.from({ length: 700 }, (_, i) => (i === 650 ? 'b' : `none-${i}`));
    expect((await subject.store.getMany(NS, 'session', many))[650]).toMatchObject({ value: 'b' });
  });

  it.each([
    ['null', null],
    ['a number', -1.5e-9],
    ['an empty array', []],
    ['an empty object', {}],
    ['arrays and objects that are empty inside', { list: [], map: {}, deep: [[], {}, [[]]] }],
    ['numbers at the edges', [0, 2 ** 53 - 1, -(2 ** 53 - 1), 1e308, 5e-324, 1_700_000_000_123]],
    ['unicode', { 'ключ 🔑': 'a\u2028b\u2029c\u0000d\ud83d\ude00 \u202e', '': '', __proto: 1 }],
    ['lone surrogates', { text: 'a\ud800b', '\udfff': ['\udc00\ud800'] }],
    ['a long text', 'x€'.repeat(100_000)],
  ])('a value comes back as it went in: %s', async (_, value) => {
    await mustCommit(subject.store, putting({ id: 'a', value }));
    expect((await subject.store.get(NS, RECORD))?.value).toStrictEqual(value);
  });

  it('a value may nest as deep as any JSON from outside', async () => {
    let value: unknown = 'bottom';
    for (let depth = 0; depth < 32; depth++) value = depth % 2 === 0 ? [value] : { value };
    await mustCommit(subject.store, putting({ id: 'a', value }));
    expect((await subject.store.get(NS, RECORD))?.value).toStrictEqual(value);
  });

  it('what was given and what was got may be changed without changing the record', async () => {
    const value = { list: [1] };
    const put = subject.store.commit(putting({ id: 'a', value }));
    value.list.push(2);
    await put;
    (await subject.store.get<{ list: number[] }>(NS, RECORD))?.value.list.push(3);
    expect((await subject.store.get(NS, RECORD))?.value).toEqual({ list: [1] });
  });
}
