/** Sessions that stream to viewers, the same on every candidate: over raw ws, over bare socket.io, through the relay. */
import type { Frame, SessionId } from '@treeline/shared';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { RelayServer } from './servers/process.ts';
import { startSession } from './wire/api.ts';
import { LightSocket } from './wire/light-socket.ts';
import { BenchRunner } from './wire/runner.ts';

export interface Shape {
  readonly sessions: number;
  /** Of each session. */
  readonly viewers: number;
}

export interface Streams {
  /**
   * Prepares to send these events in every session. The result, called once, sends them as fast as they go and resolves
   * when they are with the server, and stored where it stores.
   */
  burst(texts: readonly string[]): () => Promise<void>;
  /** Sends one event at once. */
  send(session: number, text: string): void;
  /** Hears how many events arrived at one of the viewers. The last listener counts. */
  onCount(listener: (events: number) => void): void;
  /** Hears each event of each viewer. The last listener counts. */
  onText(listener: (text: string) => void): void;
  close(): void;
}

const BACKLOG_BYTES = 1 << 20;
const BURST = 32;

export async function openWs(url: string, path: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws') + path, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

/** Ever another channel, so that rounds on one server do not meet. */
let channels = 0;

interface Sender {
  send(text: string): void;
  readonly backlog: number;
}

/** Baselines: one message an event. */
async function plainStreams(
  { sessions, viewers }: Shape,
  wire: {
    readonly sender: (channel: string) => Promise<Sender & { close(): void }>;
    readonly viewer: (channel: string, on: (text: string) => void) => Promise<() => void>;
  },
): Promise<Streams> {
  let hear: (text: string) => void = () => undefined;
  const senders: (Sender & { close(): void })[] = [];
  const closers: (() => void)[] = [];
  for (let session = 0; session < sessions; session++) {
    const channel = String(++channels);
    const all = Array.from({ length: viewers }, () => wire.viewer(channel, (text) => hear(text)));
    closers.push(...(await Promise.all(all)));
    senders.push(await wire.sender(channel));
  }
  return {
    burst: (texts) => async () => {
      for (let i = 0; i < texts.length; i += BURST) {
        const some = texts.slice(i, i + BURST);
        for (const sender of senders) for (const text of some) sender.send(text);
        do await turn();
        while (senders.some(({ backlog }) => backlog > BACKLOG_BYTES));
      }
    },
    send: (session, text) => senders[session]?.send(text),
    onCount: (listener) => (hear = () => listener(1)),
    onText: (listener) => (hear = listener),
    close() {
      for (const sender of senders) sender.close();
      for (const close of closers) close();
    },
  };
}

export function wsStreams(url: string, shape: Shape): Promise<Streams> {
  return plainStreams(shape, {
    async sender(channel) {
      const socket = await openWs(url, `/send/${channel}`);
      return {
        send: (text) => socket.send(text),
        get backlog() {
          return socket.bufferedAmount;
        },
        close: () => socket.terminate(),
      };
    },
    async viewer(channel, on) {
      const socket = await openWs(url, `/view/${channel}`);
      socket.on('message', (data: Buffer) => on(data.toString()));
      return () => socket.terminate();
    },
  });
}

export function socketIoStreams(url: string, shape: Shape): Promise<Streams> {
  return plainStreams(shape, {
    async sender(channel) {
      const socket = await LightSocket.connect(url, '/send', { channel });
      return {
        send: (text) => socket.emit('log', text),
        get backlog() {
          return socket.backlog;
        },
        close: () => socket.close(),
      };
    },
    async viewer(channel, on) {
      const socket = await LightSocket.connect(url, '/view', { channel });
      // ["log","<text>"]: the events of this benchmark need no unescaping.
      socket.onText = (json) => on(json.slice(8, -2));
      return () => socket.close();
    },
  });
}

/** Sessions on one runner are stored durably, then shown. Runner and viewers may be on different relays. */
export async function relayStreams(
  relays: { readonly runner: RelayServer; readonly viewer: RelayServer },
  { sessions, viewers }: Shape,
): Promise<Streams> {
  let hear: (json: string) => void = () => undefined;
  const runner = await BenchRunner.join(relays.runner);
  const ids: SessionId[] = [];
  const sockets: LightSocket[] = [];
  for (let i = 0; i < sessions; i++) {
    const id = await startSession(relays.runner, { runnerId: runner.id });
    ids.push(id);
    for (let v = 0; v < viewers; v++) sockets.push(await attach(relays.viewer, id, (json) => hear(json)));
  }
  const cut = (session: number, texts: readonly string[]): Frame[] => runner.cut(ids[session] as SessionId, texts);
  return {
    burst(texts) {
      const frames = ids.flatMap((_, session) => cut(session, texts));
      return () => {
        runner.push(frames);
        return runner.drained();
      };
    },
    send: (session, text) => runner.push(cut(session, [text])),
    onCount(listener) {
      hear = (json) => listener(eventsIn(json));
    },
    onText(listener) {
      hear = (json) => {
        const [, payload] = JSON.parse(json) as [string, { frames?: Frame[] }];
        for (const { body } of payload.frames ?? [])
          for (const record of JSON.parse(body) as { text: string }[]) listener(record.text);
      };
    },
    close() {
      runner.close();
      for (const socket of sockets) socket.close();
    },
  };
}

/** A viewer of one session; hears the text of its `log` and `delta` events. */
export async function attach(relay: RelayServer, session: SessionId, on: (json: string) => void): Promise<LightSocket> {
  const socket = await LightSocket.connect(relay.url, '/viewer', { key: relay.key });
  await socket.request('attach', { session });
  socket.onText = (json) => {
    if (json.startsWith('["log"') || json.startsWith('["delta"')) on(json);
    else if (json.startsWith('["resync"')) throw new Error('a viewer was told to attach again');
  };
  return socket;
}

/** Sums up `count` of the frames in a packet without parsing it; within a body the same text has escaped quotes. */
function eventsIn(json: string): number {
  let sum = 0;
  for (let at = json.indexOf('"count":'); at !== -1; at = json.indexOf('"count":', at + 8))
    sum += Number.parseInt(json.slice(at + 8, at + 14), 10);
  return sum;
}
