import { afterEach, expect, it, vi } from 'vitest';
import { FullDisk } from './full-disk.ts';

const WAIT = { timeout: 10_000 };
let disk: FullDisk | undefined;
afterEach(() => disk?.stop());

function open({ isBusy }: { isBusy: boolean }) {
  const seen = { whole: false, paused: [] as boolean[], notices: 0 };
  disk = new FullDisk({
    reserve: { isWhole: false, restore: () => seen.whole },
    agent: () => ({ pause: (on) => void seen.paused.push(on) }),
    isBusy: () => isBusy,
    notice: () => void (seen.notices += 1),
  });
  return { disk, seen };
}
const chunk = (text: string) => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });

it('holds an agent at its next tool, and lets it go on when there is room', async () => {
  const { disk, seen } = open({ isBusy: true });
  disk.said({ sessionUpdate: 'tool_call' });
  disk.begin();
  disk.begin();
  disk.said(chunk('still thinking'));
  disk.said({ sessionUpdate: 'tool_call_update', status: 'in_progress' });
  expect(seen.paused).toEqual([]);
  disk.said({ sessionUpdate: 'tool_call_update', status: 'completed' });
  disk.said({ sessionUpdate: 'tool_call' });
  expect(seen.paused).toEqual([true]);
  seen.whole = true;
  await disk.room;
  expect(seen).toMatchObject({ paused: [true, false], notices: 2 });
});

it('holds one that is idle, or at the end of its turn, at once', () => {
  const idle = open({ isBusy: false });
  idle.disk.begin();
  expect(idle.seen.paused).toEqual([true]);
  idle.disk.stop();

  const busy = open({ isBusy: true });
  busy.disk.begin();
  busy.disk.turnEnded();
  expect(busy.seen.paused).toEqual([true]);
});

it('holds one that says too much where it stands', () => {
  const { disk, seen } = open({ isBusy: true });
  disk.begin();
  disk.said(chunk('x'.repeat(40_000)));
  expect(seen.paused).toEqual([]);
  disk.said(chunk('x'.repeat(40_000)));
  expect(seen.paused).toEqual([true]);
});

it('gives nothing to an agent before there is room', async () => {
  const { disk, seen } = open({ isBusy: false });
  let given = false;
  disk.begin();
  void disk.room.then(() => (given = true));
  await vi.waitUntil(() => seen.notices === 1, WAIT);
  expect(given).toBe(false);
  seen.whole = true;
  await vi.waitUntil(() => given, WAIT);
});
