import { createServer, type Server as HttpServer } from 'node:http';
import { type Frame, lastSeq, newId, type Position, type SessionId } from '@treeline/shared';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sessionView } from '../cli/output/testing.ts';
import type { Client } from './client.ts';
import { followSession } from './follow.ts';
import { openViewer, type Viewer } from './viewer.ts';

interface Attach {
  readonly session: SessionId;
  readonly after?: Position;
  readonly tail?: number;
}
type Answer = (ack: unknown) => void;

let http: HttpServer;
let io: Server;
let url: string;
let viewers: Viewer[];
const session = newId('session');

beforeEach(async () => {
  viewers = [];
  http = createServer();
  io = new Server(http, { transports: ['websocket'] });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(async () => {
  for (const viewer of viewers) viewer.close();
  await io.close();
});

function frame(first: number, count = 1): Frame {
  return { id: newId('frame'), session, epoch: 1, first, count, kind: 'events', body: '[]' };
}

function snapshot(frames: Frame[], extra: object = {}) {
  const last = frames.at(-1);
  const cursor = last === undefined ? { epoch: 0, seq: 0 } : { epoch: last.epoch, seq: lastSeq(last) };
  return {
    ok: true,
    value: { session: sessionView({ id: session }), frames, cursor, resync: false, earlier: false, ...extra },
  };
}

function onAttach(answer: (request: Attach, socket: Socket) => unknown): void {
  io.of('/viewer').on('connection', (socket) => {
    socket.on('attach', (request: Attach, ack: Answer) => ack(answer(request, socket)));
  });
}

async function follow(
  options: { client?: Client; after?: Position } = {},
): Promise<{ seen: (number | string)[]; until: (count: number) => Promise<void> }> {
  const seen: (number | string)[] = [];
  let look: () => void = () => undefined;
  const viewer = await followSession({
    relay: { url, key: 'k' },
    client: options.client ?? ({} as Client),
    session,
    after: options.after,
    removed: ({ epoch, seq }) => seen.push(`removed up to ${epoch}-${seq}`),
    frame: ({ first }) => {
      seen.push(first);
      look();
    },
  });
  viewers.push(viewer);
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => seen.length >= count && resolve();
      look();
    });
  return { seen, until };
}

test('frames that are live while the snapshot is on its way come once, and in order', async () => {
  onAttach((_, socket) => {
    socket.emit('log', { frames: [frame(2), frame(3)] });
    setImmediate(() => socket.emit('log', { frames: [frame(3), frame(4)] }));
    return snapshot([frame(1), frame(2)]);
  });
  const { seen, until } = await follow();
  await until(4);
  expect(seen).toEqual([1, 2, 3, 4]);
});

test('after the link was cut it goes on from its cursor', async () => {
  const asked: Attach[] = [];
  onAttach((request, socket) => {
    asked.push(request);
    if (asked.length === 1) {
      setImmediate(() => socket.conn.close());
      return snapshot([frame(1, 5)]);
    }
    return snapshot([frame(6)]);
  });
  const { seen, until } = await follow();
  await until(2);
  expect(seen).toEqual([1, 6]);
  expect(asked[1]?.after).toEqual({ epoch: 1, seq: 5 });
});

test('a link that is cut while the snapshot is on its way is no end', async () => {
  let asked = 0;
  onAttach((_, socket) => {
    asked++;
    if (asked === 1) setImmediate(() => socket.conn.close());
    if (asked === 2) socket.conn.close();
    return snapshot(asked === 1 ? [frame(1)] : [frame(2)]);
  });
  const { seen, until } = await follow();
  await until(2);
  expect(seen).toEqual([1, 2]);
  expect(asked).toBe(3);
});

test('what is more than a snapshot behind is fetched, so that nothing is left out', async () => {
  const client = {
    readLog: (request: { query: { after: string } }) => {
      const from = Number(request.query.after.split('-')[1]);
      const frames = from < 4 ? [frame(from + 1), frame(from + 2)] : [];
      return Promise.resolve({ frames, next: '', head: { epoch: 1, seq: 6 } });
    },
  } as unknown as Client;
  onAttach(() => snapshot([frame(5), frame(6)], { resync: true }));
  const { seen } = await follow({ client, after: { epoch: 1, seq: 0 } });
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
});

test('VIEW-3 entries that were removed are told in their place, once', async () => {
  const removed = { epoch: 1, seq: 4 };
  const client = {
    readLog: (request: { query: { after: string } }) => {
      const isBefore = Number(request.query.after.split('-')[1]) < removed.seq;
      const page = isBefore ? { frames: [frame(5)], removed } : { frames: [frame(6)] };
      return Promise.resolve({ ...page, next: '', head: { epoch: 1, seq: 6 } });
    },
  } as unknown as Client;
  onAttach(() => snapshot([frame(5), frame(6)], { resync: true, removed }));
  expect((await follow({ client, after: { epoch: 1, seq: 2 } })).seen).toEqual(['removed up to 1-4', 5, 6]);
  expect((await follow()).seen).toEqual(['removed up to 1-4', 5, 6]);
});

test('a viewer that fell behind attaches again', async () => {
  let asked = 0;
  onAttach((_, socket) => {
    asked++;
    if (asked === 1) setImmediate(() => socket.emit('resync', { session }));
    return snapshot(asked === 1 ? [frame(1)] : [frame(2)]);
  });
  const { seen, until } = await follow();
  await until(2);
  expect(seen).toEqual([1, 2]);
});

test('a refusal at the door is the relay’s problem, in its words', async () => {
  const problem = { code: 'unauthenticated', message: 'the key is not valid', hint: 'log in' };
  io.of('/viewer').use((_, next) => next(Object.assign(new Error('no'), { data: problem })));
  await expect(openViewer({ url, key: 'k' }, { connected: () => Promise.resolve() })).rejects.toMatchObject(problem);
});

test('a relay that is not there is told at once', async () => {
  await io.close();
  const opened = openViewer({ url, key: 'k' }, { connected: () => Promise.resolve() });
  await expect(opened).rejects.toThrow(`${url}: connection refused`);
});
