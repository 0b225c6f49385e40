/** Producers and viewers: of the baselines, and of the relay by its declared protocol. */
import {
  type Api,
  type Ack,
  type EndpointResponse,
  type FactRecord,
  type Frame,
  type InboxEntry,
  newId,
  type RunnerProfile,
  type SessionId,
} from '@treeline/shared';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';

const options = { transports: ['websocket'], forceNew: true, reconnection: false };

export interface Link {
  /** Sends events of a stream; resolves when the next may be sent. */
  send(texts: readonly string[]): Promise<void>;
  /** Everything that was sent is at the server (and, where it stores, durable). */
  drained(): Promise<void>;
  onEvent(listener: (text: string) => void): void;
  close(): void;
}

export async function wsLink(url: string): Promise<Link> {
  const [producer, viewer] = await Promise.all(
    ['/', '/viewer'].map((path) => openWs(url.replace('http', 'ws') + path)),
  );
  if (producer === undefined || viewer === undefined) throw new Error('no sockets');
  return {
    async send(texts) {
      for (const text of texts) producer.send(text);
      if (producer.bufferedAmount > 1 << 20) await new Promise((resolve) => setImmediate(resolve));
    },
    drained: () => Promise.resolve(),
    onEvent: (listener) => viewer.on('message', (data) => listener((data as Buffer).toString())),
    close() {
      producer.terminate();
      viewer.terminate();
    },
  };
}

async function openWs(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

export async function socketIoLink(url: string): Promise<Link> {
  const [producer, viewer] = await Promise.all([connected(`${url}/runner`), connected(`${url}/viewer`)]);
  return {
    async send(texts) {
      for (const text of texts) producer.emit('log', text);
      await new Promise((resolve) => setImmediate(resolve));
    },
    drained: () => Promise.resolve(),
    onEvent: (listener) => viewer.on('log', listener),
    close() {
      producer.disconnect();
      viewer.disconnect();
    },
  };
}

async function connected(url: string, auth: Record<string, string> = {}): Promise<Socket> {
  const socket = io(url, { ...options, auth });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

export async function call<T>(relay: { url: string; key: string }, path: string, body: unknown): Promise<T> {
  const response = await fetch(`${relay.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** A runner that speaks the protocol by hand, without files or workers. */
export class BenchRunner {
  readonly socket: Socket;
  readonly #fence: number;
  readonly #next = new Map<SessionId, number>();

  private constructor(socket: Socket, fence: number) {
    this.socket = socket;
    this.#fence = fence;
    socket.on('assign', (payload: { sessions: { id: SessionId }[] }, ack: (reply: unknown) => void) => {
      ack({ ok: true, value: { accepted: payload.sessions.map(({ id }) => id), refused: [] } });
    });
    for (const event of ['inbox', 'session_trigger', 'trigger_response']) {
      socket.on(event, (payload: { entries: InboxEntry[] }, ack: (reply: unknown) => void) => {
        ack({ ok: true, value: { position: payload.entries.at(-1)?.position ?? 0 } });
      });
    }
  }

  static async join(
    relay: { url: string; key: string },
    name: string,
  ): Promise<{ runner: BenchRunner; id: RunnerProfile['id'] }> {
    const profile: RunnerProfile = {
      id: newId('runner'),
      name,
      version: '1.0.0',
      platform: 'bench',
      labels: {},
      capacity: 1000,
      agents: [{ name: 'scripted', kind: 'scripted' }],
      defaultAgent: 'scripted',
    };
    const { secret } = await call<EndpointResponse<Api['createKey']>>(relay, '/keys', { kind: 'join', name });
    const joined = await call<EndpointResponse<Api['joinRunner']>>({ url: relay.url, key: secret }, '/runners/join', {
      runner: profile,
    });
    const socket = await connected(`${relay.url}/runner`, { key: joined.key });
    const hello = { protocol: { min: 1, max: 1 }, runner: profile, instance: 'bench', generation: 1, sessions: [] };
    const welcome = (await socket.emitWithAck('hello', hello)) as Ack<{ fence: number }>;
    if (!welcome.ok) throw new Error(welcome.error.message);
    return { runner: new BenchRunner(socket, welcome.value.fence), id: profile.id };
  }

  events(session: SessionId, texts: readonly string[]): Frame {
    return this.#frame(
      session,
      'events',
      texts.map((text) => ({ id: newId('record'), at: 0, kind: 'notice', level: 'info', text })),
    );
  }

  fact(session: SessionId, fact: FactRecord): Frame {
    return this.#frame(session, 'fact', [fact]);
  }

  #frame(session: SessionId, kind: Frame['kind'], records: readonly unknown[]): Frame {
    const first = this.#next.get(session) ?? 1;
    this.#next.set(session, first + records.length);
    return { id: newId('frame'), session, epoch: 1, first, count: records.length, kind, body: JSON.stringify(records) };
  }

  /** Resolves when the frames are durable. */
  async send(frames: readonly Frame[]): Promise<void> {
    const ack = (await this.socket.emitWithAck('log', { fence: this.#fence, frames })) as Ack<{
      sessions: { verdict?: string }[];
    }>;
    if (!ack.ok) throw new Error(ack.error.message);
    const odd = ack.value.sessions.find(({ verdict }) => verdict !== undefined);
    if (odd !== undefined) throw new Error(`verdict ${odd.verdict}`);
  }
}

export async function startSession(
  relay: { url: string; key: string },
  body: Record<string, unknown>,
): Promise<SessionId> {
  return (await call<EndpointResponse<Api['createSession']>>(relay, '/sessions', { prompt: 'bench', ...body })).id;
}

const RECORDS_PER_FRAME = 32;
const IN_FLIGHT = 8;

/** One session through the relay: stored durably, then shown. */
export async function relayLink(relay: { url: string; key: string }): Promise<Link> {
  const { runner, id } = await BenchRunner.join(relay, `bench-${newId('request').slice(-6)}`);
  const session = await startSession(relay, { runnerId: id });
  const viewer = await connected(`${relay.url}/viewer`, { key: relay.key });
  const attached = (await viewer.emitWithAck('attach', { session })) as Ack<unknown>;
  if (!attached.ok) throw new Error(attached.error.message);
  const flying = new Set<Promise<void>>();
  return {
    async send(texts) {
      const frames: Frame[] = [];
      for (let i = 0; i < texts.length; i += RECORDS_PER_FRAME)
        frames.push(runner.events(session, texts.slice(i, i + RECORDS_PER_FRAME)));
      const sent = runner.send(frames).finally(() => flying.delete(sent));
      flying.add(sent);
      if (flying.size >= IN_FLIGHT) await Promise.race(flying);
    },
    async drained() {
      await Promise.all(flying);
    },
    onEvent(listener) {
      viewer.on('log', ({ frames }: { frames: Frame[] }) => {
        for (const { body } of frames)
          for (const record of JSON.parse(body) as { text: string }[]) listener(record.text);
      });
    },
    close() {
      runner.socket.disconnect();
      viewer.disconnect();
    },
  };
}
