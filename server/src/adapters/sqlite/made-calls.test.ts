import { serialize } from 'node:v8';
import { newId } from '@treeline/shared';
import { describe, expect, it } from 'vitest';
import { decodeCalls, encodeCalls, type MadeCall } from './made-calls.ts';

const frame = (body: string) => ({
  id: newId('frame'),
  session: newId('session'),
  epoch: 1,
  first: 1,
  count: 1,
  kind: 'events',
  body,
});

describe('calls in the journal', () => {
  it.each<[string, MadeCall[]]>([
    ['none', []],
    [
      'appended frames',
      [['append', ['ns', [frame('[{"a":"é ☃ 🌲"}]'), frame(''), frame('[]')], { name: 'f', value: 2 }]]],
    ],
    ['frames under no fence', [['append', ['ns', [frame('[]')], undefined]]]],
    [
      'units with frames and without',
      [
        ['commit', [{ ns: 'ns', put: [], inbox: [], frames: [frame('["x"]')] }]],
        ['commit', [{ ns: 'ns', put: [{ kind: 'session', id: 'a', expect: 0, json: '{"q":"\\ud800"}' }], inbox: [] }]],
      ],
    ],
    [
      'one after the other',
      [
        ['raiseFence', ['ns', 'f']],
        ['append', ['ns', [frame('["1"]')], undefined]],
        ['append', ['ns', [frame('["2 é"]')], undefined]],
        ['claimDue', [1, 2, 3]],
        ['probe', []],
      ],
    ],
  ])('%s come back as they were made', (_, calls) => {
    expect(decodeCalls(encodeCalls(calls))).toEqual(calls);
    // As relays wrote them before, one of which may have been killed and updated since.
    expect(decodeCalls(serialize(calls))).toEqual(calls);
  });
});
