/** A whole relay for tests: a real store, a real port, real sockets. Runner and viewer speak the wire by hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  newId,
  type Ack,
  type EventRecord,
  type FactRecord,
  type Frame,
  type RelayToRunner,
  type RelayToViewer,
  type Reply,
  type RunnerId,
  type RunnerProfile,
  type RunnerToRelay,
  type SessionId,
  type SpoolStatus,
  type ViewerToRelay,
} from '@treeline/shared';
import { io, type Socket } from 'socket.io-client';
import { openSqliteFromSources } from './adapters/sqlite/from-sources.ts';
import { Passwords } from './auth/passwords.ts';
import type { RelayOptions } from './config.ts';
import type { Store } from './ports/store.ts';
import { startRelay, type Relay } from './relay.ts';
import { openStore } from './start/open-store.ts';

export interface TestRelay extends Relay {
  readonly dataDir: string;
  readonly store: Store;
  /** Calls the API; `body` travels as JSON. With the local key unless told otherwise. */
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  /** Closes it and removes its folder. */
  readonly stop: () => Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  /** null: none. */
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body. */
  readonly body: unknown;
}

const QUIET = { port: 0, logLevel: 'silent', ownerName: 'ann' } as const;

export async function startTestRelay(options: RelayOptions = {}): Promise<TestRelay> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'treeline-relay-')));
  let store: Store | undefined;
  const relay = await startRelay(
    { ...QUIET, dataDir, ...options },
    {
      passwords: new Passwords(2 ** 10),
      async openStore(config, log, restarted) {
        const opened =
          config.redisUrl === undefined
            ? { store: await openSqliteFromSources(join(config.dataDir, 'relay.db')) }
            : await openStore(config, log, restarted);
        store = opened.store;
        return opened;
      },
    },
  );
  if (store === undefined) throw new Error('the relay opened no store');
  return {
    ...relay,
    dataDir,
    store,
    call: (method, path, callOptions) => callApi(relay, { method, path, ...callOptions }),
    async stop() {
      await relay.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function callApi(
  relay: Relay,
  { method, path, body, raw, key, headers }: CallOptions & { method: string; path: string },
): Promise<Answer> {
  const bearer = key === null ? {} : { authorization: `Bearer ${key ?? relay.localKey()}` };
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${relay.url}${path}`, {
    method,
    headers: { ...bearer, ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(payload === undefined ? {} : { body: payload }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** Opens a socket; rejects with the problem of a refused handshake. */
export async function connect(
  relay: Relay,
  namespace: '/runner' | '/viewer',
  options: { auth?: object; headers?: Record<string, string> },
): Promise<Socket> {
  const socket = io(`${relay.url}${namespace}`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: options.auth ?? {},
    ...(options.headers === undefined ? {} : { extraHeaders: options.headers }),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) => {
      socket.close();
      reject(error);
    });
  });
  return socket;
}

/** Sends an event and returns its acknowledgement as it came. */
export function emit(socket: Socket, event: string, ...payload: unknown[]): Promise<Ack<unknown>> {
  return socket.timeout(20_000).emitWithAck(event, ...payload) as Promise<Ack<unknown>>;
}

/** Sends an event and returns the value of its acknowledgement; rejects with a refusal's code. */
async function request(socket: Socket, event: string, payload: unknown): Promise<unknown> {
  const ack = await emit(socket, event, payload);
  if (!ack.ok) throw new Error(`${event}: ${ack.error.code}: ${ack.error.message}`);
  return ack.value;
}

type ViewerEvent = keyof typeof ViewerToRelay;

export class TestViewer {
  readonly socket: Socket;
  /** What the relay told, in order. */
  readonly heard: { event: keyof typeof RelayToViewer; payload: unknown }[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((event: keyof typeof RelayToViewer, payload: unknown) => this.heard.push({ event, payload }));
  }

  static async open(relay: Relay): Promise<TestViewer> {
    return new TestViewer(await connect(relay, '/viewer', { auth: { key: relay.localKey() } }));
  }

  request<K extends ViewerEvent>(event: K, payload: unknown): Promise<Reply<(typeof ViewerToRelay)[K]>> {
    return request(this.socket, event, payload) as Promise<Reply<(typeof ViewerToRelay)[K]>>;
  }

  frames(): Frame[] {
    return this.heard.flatMap(({ event, payload }) => (event === 'log' ? (payload as { frames: Frame[] }).frames : []));
  }
}

export function testProfile(id: RunnerId = newId('runner'), name = 'alpha'): RunnerProfile {
  return {
    id,
    name,
    version: '1.0.0',
    platform: 'linux-arm64',
    labels: {},
    capacity: 8,
    defaultAgent: 'scripted',
    agents: [{ name: 'scripted', kind: 'scripted' }],
  };
}

type NewRecord<R> = R extends unknown ? Omit<R, 'id' | 'at'> : never;
type RunnerEvent = keyof typeof RunnerToRelay;
type Asked = Exclude<keyof typeof RelayToRunner, 'watch' | 'goodbye'>;

/** A daemon that has joined: it takes what it is given, acknowledges it, and sends frames with the right sequences. */
export class TestRunner {
  readonly profile: RunnerProfile;
  readonly key: string;
  socket!: Socket;
  fence = 0;
  generation = 0;
  readonly heard: { event: string; payload: unknown }[] = [];
  readonly inbox = new Map<SessionId, { event: string; position: number; item: { kind: string } }[]>();
  /** Answers an event otherwise than by taking it; undefined: no answer at all. */
  answer: Partial<Record<Asked, (payload: never) => Ack<unknown> | undefined>> = {};
  readonly #next = new Map<SessionId, number>();

  constructor(profile: RunnerProfile, key: string) {
    this.profile = profile;
    this.key = key;
  }

  static async join(relay: TestRelay, name = 'alpha'): Promise<TestRunner> {
    const profile = testProfile(undefined, name);
    const { status, body } = await relay.call('POST', '/api/v1/runners/join', {
      key: await relay.joinToken(),
      body: { runner: profile },
    });
    if (status !== 201) throw new Error(`join: ${status} ${JSON.stringify(body)}`);
    return new TestRunner(profile, (body as { key: string }).key);
  }

  async connect(relay: Relay): Promise<void> {
    this.socket = await connect(relay, '/runner', { auth: { key: this.key } });
    this.socket.onAny((event: string, ...args: unknown[]) => this.#take(event, args));
  }

  async hello(relay: Relay, sessions: readonly SpoolStatus[] = []): Promise<Reply<(typeof RunnerToRelay)['hello']>> {
    await this.connect(relay);
    this.generation++;
    const welcome = await this.request('hello', {
      protocol: { min: 1, max: 1 },
      runner: this.profile,
      instance: `instance-${this.generation}`,
      generation: this.generation,
      sessions,
    });
    this.fence = welcome.fence;
    return welcome;
  }

  request<K extends RunnerEvent>(event: K, payload: unknown): Promise<Reply<(typeof RunnerToRelay)[K]>> {
    return request(this.socket, event, payload) as Promise<Reply<(typeof RunnerToRelay)[K]>>;
  }

  /** Makes the next frame of a session. */
  frame(
    session: SessionId,
    records: readonly NewRecord<EventRecord | FactRecord>[],
    kind: Frame['kind'] = 'events',
  ): Frame {
    const first = this.#next.get(session) ?? 1;
    this.#next.set(session, first + records.length);
    const body = JSON.stringify(records.map((record) => ({ id: newId('record'), at: Date.now(), ...record })));
    return { id: newId('frame'), session, epoch: 1, first, count: records.length, kind, body };
  }

  say(session: SessionId, text: string): Frame {
    return this.frame(session, [{ kind: 'notice', level: 'info', text }]);
  }

  fact(session: SessionId, fact: NewRecord<FactRecord>): Frame {
    return this.frame(session, [fact], 'fact');
  }

  send(...frames: Frame[]): Promise<Reply<(typeof RunnerToRelay)['log']>> {
    return this.request('log', { fence: this.fence, frames });
  }

  #take(event: string, args: unknown[]): void {
    const [payload, ack] = args as [never, ((ack: Ack<unknown>) => void) | undefined];
    this.heard.push({ event, payload });
    const own = this.answer[event as Asked];
    const answer = own === undefined ? this.#answer(event, payload) : own(payload);
    if (answer !== undefined) ack?.(answer);
  }

  #answer(event: string, payload: unknown): Ack<unknown> | undefined {
    if (event === 'assign') {
      const { sessions } = payload as { sessions: { id: SessionId }[] };
      return { ok: true, value: { accepted: sessions.map(({ id }) => id), refused: [] } };
    }
    if (event === 'watch' || event === 'goodbye') return undefined;
    const { session, entries } = payload as {
      session: SessionId;
      entries: { position: number; item: { kind: string } }[];
    };
    const inbox = this.inbox.get(session) ?? [];
    this.inbox.set(session, inbox);
    for (const entry of entries) if (entry.position > (inbox.at(-1)?.position ?? 0)) inbox.push({ event, ...entry });
    return { ok: true, value: { position: inbox.at(-1)?.position ?? 0 } };
  }
}

/** Waits until a look finds something. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what = 'what the test waits for',
): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen within 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
