import { describe, expect, it } from 'vitest';
import { RecordCache } from './record-cache.ts';

const key = (id: string) => ({ ns: 'acme', kind: 'session', id }) as const;
const stored = (id: string, version: number) => ({ id, version, value: `${id} ${version}` });

let now = 1_000_000;
const makeCache = () => new RecordCache({ now: () => now });

describe('the records that a relay remembers', () => {
  it('are the newest that it saw', () => {
    const cache = makeCache();
    cache.set(key('a'), stored('a', 2));
    cache.set(key('a'), stored('a', 1));
    expect(cache.get(key('a'))).toEqual(stored('a', 2));
    cache.drop(key('a'));
    expect(cache.get(key('a'))).toBeUndefined();
  });

  it('are kept as long as they are asked for, and not much longer', () => {
    const cache = makeCache();
    cache.set(key('asked for'), stored('asked for', 1));
    cache.set(key('forgotten'), stored('forgotten', 1));
    for (let i = 0; i < 10_000; i++) {
      cache.set(key(`other ${i}`), stored(`other ${i}`, 1));
      cache.get(key('asked for'));
    }
    expect(cache.get(key('asked for'))).toEqual(stored('asked for', 1));
    expect(cache.get(key('forgotten'))).toBeUndefined();
  });

  it('are not those that were read while they changed', () => {
    const cache = makeCache();
    const asOf = cache.moment;
    cache.drop(key('a'));
    cache.add(key('a'), { stored: stored('a', 1), asOf });
    expect(cache.get(key('a'))).toBeUndefined();
    cache.add(key('a'), { stored: stored('a', 2), asOf: cache.moment });
    expect(cache.get(key('a'))).toEqual(stored('a', 2));
  });

  it('that were only read are believed for a while', () => {
    const cache = makeCache();
    cache.add(key('a'), { stored: stored('a', 1), asOf: cache.moment });
    now += 4000;
    expect(cache.get(key('a'))).toEqual(stored('a', 1));
    now += 2000;
    expect(cache.get(key('a'))).toBeUndefined();
  });
});
