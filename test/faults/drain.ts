/** Whether all that was under way has arrived: what is in the runners' files is in the store, and what is acknowledged is in the files. */
import { setTimeout as sleep } from 'node:timers/promises';
import { lastSeq, type SessionId } from '@treeline/shared';
import { readSpools } from './evidence.ts';
import type { People } from './people.ts';
import type { Viewer } from './viewers.ts';
import type { World } from './world.ts';

export const DRAIN_WITHIN_MS = 30_000;

interface Due {
  readonly session: SessionId;
  readonly epoch: number;
  readonly seq: number;
}

/** Takes what is under way now, and waits for it. `left` names what did not arrive in time. */
export async function awaitDrained(parts: {
  world: World;
  people: People;
  viewers: readonly Viewer[];
  withinMs: number;
}): Promise<{ ms: number; left: string[] }> {
  const { world, people, viewers, withinMs } = parts;
  const began = performance.now();
  const spools = readSpools(world.machines);
  let due = spools.flatMap(({ session, frames }): Due[] => {
    const last = frames.at(-1);
    return last === undefined ? [] : [{ session, epoch: last.epoch, seq: lastSeq(last) }];
  });
  let sent = people.ops.filter((op) => op.op === 'send' && op.outcome === 'ok');
  let unsure = people.ops.filter(({ outcome }) => outcome === 'unknown');
  while (performance.now() - began < withinMs) {
    const arrived: Due[] = [];
    for (const one of due) {
      const head = await people
        .ask(async (api) => (await api.readLog({ params: { id: one.session }, query: { tail: 1 } })).head)
        .catch(() => undefined);
      const reached =
        head !== undefined && (head.epoch > one.epoch || (head.epoch === one.epoch && head.seq >= one.seq));
      if (reached && viewers.some((viewer) => isSeen(viewer.cursorOf(one.session), one))) arrived.push(one);
    }
    due = due.filter((one) => !arrived.includes(one));
    const inboxes = new Map(readSpools(world.machines).map(({ session, entries }) => [session as string, entries]));
    sent = sent.filter(
      (op) => op.op === 'send' && !inboxes.get(op.session)?.some(({ item }) => item.id === op.messageId),
    );
    unsure = unsure.filter(({ outcome }) => outcome === 'unknown');
    if (due.length + sent.length + unsure.length === 0) break;
    await sleep(100);
  }
  const left = [
    ...due.map(({ session, epoch, seq }) => `${session} up to ${epoch}-${seq}`),
    ...sent.map(({ key }) => key),
    ...unsure.map(({ key, problem }) => `${key} (${problem})`),
  ];
  return { ms: Math.round(performance.now() - began), left };
}

function isSeen(cursor: { epoch: number; seq: number } | undefined, { epoch, seq }: Due): boolean {
  return cursor !== undefined && (cursor.epoch > epoch || (cursor.epoch === epoch && cursor.seq >= seq));
}
