import { newId, type InboxEntry, type InboxItem } from '@treeline/shared';
import { describe, expect, it } from 'vitest';
import { until } from '../testing.ts';
import { InboxPump, runsByEvent, type InboxEvent } from './inbox-pump.ts';

const session = newId('session');
const base = () => ({ id: newId('message'), at: 1 });
const person = { kind: 'person', name: 'ann' } as const;

const prompt = (text: string): InboxItem => ({ ...base(), kind: 'prompt', text, deliverAs: 'followUp', from: person });
const stop = (): InboxItem => ({ ...base(), kind: 'stop', strength: 'stop', from: person });
const closed = (): InboxItem => ({ ...base(), kind: 'trigger_closed', triggerId: newId('trigger'), how: 'answered' });
const answer = (): InboxItem => ({
  ...base(),
  kind: 'answer',
  triggerId: newId('trigger'),
  outcome: 'expired',
  by: { kind: 'relay' },
});

function numbered(...items: InboxItem[]): InboxEntry[] {
  return items.map((item, index) => ({ position: index + 1, item }));
}

/** A pump over an inbox; `push` plays the runner. */
function pumpOver(entries: InboxEntry[], push: (event: InboxEvent, entries: InboxEntry[]) => number) {
  const delivered: number[] = [];
  const errors: unknown[] = [];
  const ended = new AbortController();
  const pump = new InboxPump({
    session,
    from: 0,
    read: async (after) => entries.filter(({ position }) => position > after).slice(0, 3),
    push: async (event, batch) => push(event, batch),
    delivered: async (batch) => void delivered.push(...batch.map(({ position }) => position)),
    signal: ended.signal,
    gone: () => undefined,
    onError: (error) => errors.push(error),
  });
  return { pump, delivered, errors, ended };
}

describe('an inbox pump', () => {
  it('INB-5 sends items in order by the event of their kind, neighbours together', () => {
    const runs = runsByEvent(numbered(prompt('a'), stop(), closed(), answer(), answer(), prompt('b')));
    expect(runs.map(({ event, entries }) => [event, entries.map(({ position }) => position)])).toEqual([
      ['inbox', [1, 2]],
      ['session_trigger', [3]],
      ['trigger_response', [4, 5]],
      ['inbox', [6]],
    ]);
  });

  it('keeps a push below the size of a packet, unless one item alone is larger', () => {
    const large = 'x'.repeat(120 * 1024);
    const runs = runsByEvent(numbered(prompt(large), prompt(large), prompt(large), prompt('small')));
    expect(runs.map(({ entries }) => entries.length)).toEqual([2, 2]);
  });

  it('INB-3 sends the same items again until they are acknowledged, and only then the next', async () => {
    const entries = numbered(prompt('a'), prompt('b'), prompt('c'), prompt('d'));
    const pushes: number[][] = [];
    let failures = 2;
    const { pump, delivered, errors } = pumpOver(entries, (_event, batch) => {
      pushes.push(batch.map(({ position }) => position));
      if (failures-- > 0) throw new Error('no answer');
      return batch.at(-1)?.position ?? 0;
    });
    pump.wake();
    await until(() => delivered.length === 4);
    expect(pushes).toEqual([[1, 2, 3], [1, 2, 3], [1, 2, 3], [4]]);
    expect(delivered).toEqual([1, 2, 3, 4]);
    expect(errors).toHaveLength(2);
  });

  it('reads what a hint only told of, behind what others brought with them', async () => {
    const entries = numbered(prompt('a'), prompt('b'), prompt('c'));
    const [a, b] = entries;
    const pushes: number[][] = [];
    const { pump, delivered } = pumpOver(entries, (_event, batch) => {
      pushes.push(batch.map(({ position }) => position));
      if (pushes.length === 1) {
        // While it is on its way: one hint with its item, and one that was too large to bring any.
        pump.offer([b as InboxEntry]);
        pump.wake();
      }
      return batch.at(-1)?.position ?? 0;
    });
    pump.offer([a as InboxEntry]);
    await until(() => delivered.length === 3);
    expect(pushes).toEqual([[1], [2], [3]]);
  });

  it('reads what is beyond the items that may wait in memory', async () => {
    const entries = numbered(...Array.from({ length: 70 }, () => prompt('one of many')));
    const { pump, delivered } = pumpOver(entries, (_event, batch) => {
      if (batch[0]?.position === 1) pump.offer(entries.slice(1));
      return batch.at(-1)?.position ?? 0;
    });
    pump.offer(entries.slice(0, 1));
    await until(() => delivered.length === 70);
    expect(delivered).toEqual(entries.map(({ position }) => position));
  });

  it('goes on behind what a runner took of a push', async () => {
    const entries = numbered(prompt('a'), prompt('b'), prompt('c'));
    const pushes: number[][] = [];
    const { pump, delivered } = pumpOver(entries, (_event, batch) => {
      pushes.push(batch.map(({ position }) => position));
      return pushes.length === 1 ? 1 : (batch.at(-1)?.position ?? 0);
    });
    pump.wake();
    await until(() => delivered.length === 3);
    expect(pushes).toEqual([
      [1, 2, 3],
      [2, 3],
    ]);
  });

  it('sends what hints bring without asking the store, and asks it where a hint is missing', async () => {
    const entries = numbered(prompt('a'), prompt('b'), prompt('c'), prompt('d'));
    const pushes: number[][] = [];
    let reads = 0;
    const all = new Proxy(entries, {
      get: (target, name) => (name === 'filter' && reads++, Reflect.get(target, name)),
    });
    const { pump, delivered } = pumpOver(all, (_event, batch) => {
      pushes.push(batch.map(({ position }) => position));
      // The next one comes while this one is on its way.
      if (batch[0]?.position === 1) pump.offer(entries.slice(1, 2));
      return batch.at(-1)?.position ?? 0;
    });
    pump.offer(entries.slice(0, 1));
    await until(() => delivered.length === 2);
    expect(pushes).toEqual([[1], [2]]);
    expect(reads).toBe(0);
    pump.offer(entries.slice(3));
    await until(() => delivered.length === 4);
    expect(pushes).toEqual([[1], [2], [3, 4]]);
  });

  it('does not wait for a question to be marked as delivered, and waits for a notice', async () => {
    const trigger = (type: 'ask_user_question' | 'session_complete'): InboxItem => ({
      ...base(),
      kind: 'trigger',
      triggerId: newId('trigger'),
      type,
      child: newId('session'),
      childTitle: 'child',
      text: 'which one?',
      deliverAs: 'steer',
    });
    const entries = numbered(trigger('session_complete'), trigger('ask_user_question'), prompt('a'));
    const order: string[] = [];
    let mark: (() => void) | undefined;
    const pump = new InboxPump({
      session,
      from: 0,
      read: async (after) => entries.filter(({ position }) => position > after).slice(0, 1),
      push: async (_event, batch) => {
        order.push(`push ${batch.map(({ position }) => position).join()}`);
        return batch.at(-1)?.position ?? 0;
      },
      delivered: async (batch) => {
        order.push(`mark ${batch.map(({ position }) => position).join()}`);
        await new Promise<void>((resolve) => (mark = resolve));
      },
      signal: new AbortController().signal,
      gone: () => undefined,
      onError: () => undefined,
    });
    pump.wake();
    await until(() => mark !== undefined);
    expect(order).toEqual(['push 1', 'mark 1']);
    mark?.();
    await until(() => order.length === 5);
    expect(order).toEqual(['push 1', 'mark 1', 'push 2', 'push 3', 'mark 2,3']);
  });

  it('sends nothing more once its link has ended', async () => {
    const entries = numbered(prompt('a'));
    let pushes = 0;
    const { pump, ended, errors } = pumpOver(entries, () => {
      pushes++;
      ended.abort();
      throw new Error('no answer');
    });
    pump.wake();
    await until(() => pushes === 1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(pushes).toBe(1);
    expect(errors).toEqual([]);
  });
});
