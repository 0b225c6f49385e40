import { newId, type Frame, type FrameAck, type SessionId } from '@treeline/shared';
import { describe, expect, it } from 'vitest';
import { LogQueue } from './log-queue.ts';

const [one, two] = [newId('session'), newId('session')];
const frame = (session: SessionId, first: number, body = '[]'): Frame => ({
  id: newId('frame'),
  session,
  epoch: 1,
  first,
  count: 1,
  kind: 'events',
  body,
});

/** An intake whose packets end when the test says so. */
function slowIntake() {
  const begun: { firsts: number[]; finish: () => void; fail: () => void }[] = [];
  const intake = (frames: readonly Frame[]) =>
    new Promise<FrameAck[]>((resolve, reject) => {
      begun.push({
        firsts: frames.map(({ first }) => first),
        finish: () => resolve([]),
        fail: () => reject(new Error('no store')),
      });
    });
  return { begun, queue: new LogQueue(intake) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a log queue', () => {
  it('begins a packet when the one before of the same session has ended, well or not', async () => {
    const { begun, queue } = slowIntake();
    const first = queue.add([frame(one, 1)]).catch(() => 'failed');
    const second = queue.add([frame(one, 2), frame(two, 9)]);
    const third = queue.add([frame(two, 10)]);
    await settle();
    expect(begun.map(({ firsts }) => firsts)).toEqual([[1]]);
    begun[0]?.fail();
    expect(await first).toBe('failed');
    await settle();
    expect(begun.map(({ firsts }) => firsts)).toEqual([[1], [2, 9]]);
    begun[1]?.finish();
    await second;
    await settle();
    begun[2]?.finish();
    await third;
    expect(begun.map(({ firsts }) => firsts)).toEqual([[1], [2, 9], [10]]);
  });

  it('lets no session wait for another', async () => {
    const { begun, queue } = slowIntake();
    const packets = [queue.add([frame(one, 1)]), queue.add([frame(two, 1)])];
    await settle();
    expect(begun).toHaveLength(2);
    for (const { finish } of begun) finish();
    await Promise.all(packets);
  });

  it('tells a runner to slow down when too much waits', async () => {
    const { begun, queue } = slowIntake();
    const large = 'x'.repeat(500_000);
    const packets = Array.from({ length: 80 }, (_, at) =>
      queue.add([frame(one, at + 1, large)]).catch((error: unknown) => error),
    );
    await settle();
    expect(await packets.at(-1)).toMatchObject({ code: 'rate_limited' });
    for (let at = 0; at < begun.length; at++) {
      begun[at]?.finish();
      await settle();
    }
    expect(begun.length).toBeLessThan(80);
  });
});
