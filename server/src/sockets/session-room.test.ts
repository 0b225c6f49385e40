import { lastSeq, newId, type Frame, type Position, type SessionId } from '@treeline/shared';
import fc from 'fast-check';
import type { Socket } from 'socket.io';
import { describe, expect, it } from 'vitest';
import { following, SessionRoom, type Joining } from './session-room.ts';

const SESSION: SessionId = newId('session');

function frame(first: number, count = 1, epoch = 1): Frame {
  return { id: newId('frame'), session: SESSION, epoch, first, count, kind: 'events', body: '[]' };
}

/** Viewers by name; what each was sent, and whether it was told to attach again. */
function wire() {
  const got = new Map<Socket, Frame[]>();
  const inRoom = new Set<Socket>();
  const resynced = new Set<Socket>();
  const slow = new Set<Socket>();
  const give = (socket: Socket, frames: Frame[]) => got.set(socket, [...(got.get(socket) ?? []), ...frames]);
  const room = new SessionRoom({
    broadcast: (frames) => inRoom.forEach((socket) => give(socket, frames)),
    send: give,
    resync: (socket) => resynced.add(socket),
    enter: (socket) => inRoom.add(socket),
    leave: (socket) => inRoom.delete(socket),
    isSlow: (socket) => slow.has(socket),
    onSlow: () => undefined,
  });
  return { room, got, give, resynced, slow, inRoom };
}

const viewer = (name: string) => ({ id: name }) as Socket;

describe('a session room', () => {
  it('gives each viewer every frame once and in order, whenever it joins and however hints and snapshots interleave', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant('store' as const) },
      { weight: 3, arbitrary: fc.constant('hint' as const) },
      { weight: 2, arbitrary: fc.constant('flush' as const) },
      { weight: 1, arbitrary: fc.constant('join' as const) },
      { weight: 1, arbitrary: fc.constant('read' as const) },
      { weight: 1, arbitrary: fc.constant('complete' as const) },
      { weight: 1, arbitrary: fc.constant('leave' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 120 }), (steps) => {
        const { room, got, give, resynced } = wire();
        const stored: Frame[] = [];
        let hinted = 0;
        const joining: { viewer: Socket; joining: Joining; snapshot?: Frame[] }[] = [];
        const joined: Socket[] = [];
        const hint = () => {
          const next = stored[hinted];
          if (next === undefined) return;
          hinted++;
          room.add([next]);
        };
        const act = {
          store: () =>
            stored.push(frame((stored.at(-1)?.first ?? 0) + (stored.at(-1)?.count ?? 1), 1 + (stored.length % 3))),
          hint,
          flush: () => room.flush(),
          join() {
            const socket = viewer(`v${joining.length + joined.length}`);
            joining.push({ viewer: socket, joining: room.join(socket) });
          },
          read() {
            const reader = joining.find(({ snapshot }) => snapshot === undefined);
            if (reader !== undefined) reader.snapshot = [...stored];
          },
          complete() {
            const at = joining.findIndex(({ snapshot }) => snapshot !== undefined);
            const [done] = at < 0 ? [] : joining.splice(at, 1);
            if (done?.snapshot === undefined) return;
            const tail = room.joined(done.joining, endOf(done.snapshot));
            expect(tail).toBeDefined();
            give(done.viewer, [...done.snapshot, ...(tail?.frames ?? [])]);
            joined.push(done.viewer);
          },
          leave() {
            const gone = joined.shift();
            if (gone !== undefined) room.leave(gone);
          },
        };
        // Two in the room all along, so that leaving is not always of the last.
        for (const name of ['join', 'read', 'complete', ...steps] as const) act[name]();
        while (hinted < stored.length) hint();
        room.flush();
        expect(resynced.size).toBe(0);
        for (const socket of joined) expect(got.get(socket) ?? []).toEqual(stored);
      }),
      { numRuns: 500 },
    );
  });

  it('tells its viewers to attach again where a frame is missing', () => {
    const { room, got, resynced } = wire();
    const one = viewer('one');
    room.joined(room.join(one), { epoch: 1, seq: 3 });
    room.add([frame(4), frame(6)]);
    room.flush();
    expect(resynced).toEqual(new Set([one]));
    expect(got.get(one)).toBeUndefined();
    expect(room.isEmpty).toBe(true);
  });

  it('refuses a joiner when something is missing behind its snapshot', () => {
    const { room } = wire();
    const joining = room.join(viewer('one'));
    room.add([frame(6)]);
    expect(room.joined(joining, { epoch: 1, seq: 3 })).toBeUndefined();
  });

  it('keeps frames from a slow viewer and goes on for the others', () => {
    const { room, got, slow, inRoom } = wire();
    const [one, two] = [viewer('one'), viewer('two')];
    for (const socket of [one, two]) room.joined(room.join(socket), { epoch: 0, seq: 0 });
    slow.add(one);
    const first = frame(1);
    room.add([first]);
    room.flush();
    expect(got.get(one)).toBeUndefined();
    expect(got.get(two)).toEqual([first]);
    expect(inRoom).toEqual(new Set([two]));
  });

  it('VIEW-1 follows no log into its next epoch: whether the end of the last one was told is not to be seen', () => {
    expect(following([frame(1, 3, 2)], { epoch: 1, seq: 7 })).toBeUndefined();
    expect(following([frame(2, 1, 2)], { epoch: 1, seq: 7 })).toBeUndefined();
    const first = [frame(1, 3, 2)];
    expect(following(first, { epoch: 0, seq: 0 })).toEqual({ frames: first, cursor: { epoch: 2, seq: 3 } });
  });
});

function endOf(frames: readonly Frame[]): Position {
  const last = frames.at(-1);
  return last === undefined ? { epoch: 0, seq: 0 } : { epoch: last.epoch, seq: lastSeq(last) };
}
