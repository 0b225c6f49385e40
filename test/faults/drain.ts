/** Whether all that was under way has arrived: what is in the runners' files is in the store, and what is acknowledged is in the files. */
import { setTimeout as sleep } from 'node:timers/promises';
import { lastSeq, type SessionId } from '@treeline/shared';
import { opAfter } from './check/losses.ts';
import { readInbox, readSpools } from './evidence.ts';
import type { Machine } from './machine.ts';
import type { People } from './people.ts';
import type { Viewer } from './viewers.ts';
import type { World } from './world.ts';

export const DRAIN_WITHIN_MS = 30_000;
const LOOKS_AT_ONCE = 8;

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
  let due = readSpools(world.machines).flatMap(({ session, frames }): Due[] => {
    const last = frames.at(-1);
    return last === undefined ? [] : [{ session, epoch: last.epoch, seq: lastSeq(last) }];
  });
  let sent = people.ops
    .map((op) => opAfter(op, world.losses))
    .filter((op) => op.op === 'send')
    .filter(({ outcome }) => outcome === 'ok');
  let unsure = people.ops.filter(({ outcome }) => outcome === 'unknown');
  const isArrived = async (one: Due): Promise<boolean> => {
    if (!viewers.some((viewer) => isSeen(viewer.cursorOf(one.session), one))) return false;
    const head = await people
      .ask(async (api) => (await api.readLog({ params: { id: one.session }, query: { tail: 1 } })).head)
      .catch(() => undefined);
    return isSeen(head, one);
  };
  while (performance.now() - began < withinMs) {
    due = await notYet(due, isArrived);
    const inboxes = itemIdsOf(world.machines, new Set(sent.map(({ session }) => session)));
    sent = sent.filter(({ session, messageId }) => !inboxes.get(session)?.has(messageId));
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

/** Those that a look does not find; some looks at once. */
async function notYet(all: readonly Due[], isArrived: (one: Due) => Promise<boolean>): Promise<Due[]> {
  const left: Due[] = [];
  for (let at = 0; at < all.length; at += LOOKS_AT_ONCE) {
    const some = all.slice(at, at + LOOKS_AT_ONCE);
    const arrived = await Promise.all(some.map(isArrived));
    left.push(...some.filter((_, index) => arrived[index] !== true));
  }
  return left;
}

/** What is in the inboxes of these sessions on the runners' disks. */
function itemIdsOf(machines: readonly Machine[], wanted: ReadonlySet<SessionId>): Map<SessionId, Set<unknown>> {
  const found = machines.flatMap((machine) =>
    machine.sessions
      .filter((session) => wanted.has(session))
      .map((session) => [session, new Set<unknown>(readInbox(machine, session).map(({ item }) => item.id))] as const),
  );
  return new Map(found);
}

function isSeen(cursor: { epoch: number; seq: number } | undefined, { epoch, seq }: Due): boolean {
  return cursor !== undefined && (cursor.epoch > epoch || (cursor.epoch === epoch && cursor.seq >= seq));
}
