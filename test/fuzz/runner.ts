/** A runner that keeps its link and says what it is told to, right or wrong. */
import {
  newId,
  type Ack,
  type Api,
  type EndpointResponse,
  type FactRecord,
  type Frame,
  type RunnerId,
  type RunnerProfile,
  type SessionId,
} from '@treeline/shared';
import { io, type Socket } from 'socket.io-client';
import { call, joinToken, type Access } from '../bench/wire/api.ts';

const HEARTBEAT_MS = 5_000;

export class FuzzRunner {
  readonly id: RunnerId;
  readonly socket: Socket;
  readonly key: string;
  readonly fence: number;
  /** Why the link is over; undefined while it is not. */
  ended: string | undefined;
  readonly #heart: NodeJS.Timeout;
  readonly #next = new Map<SessionId, number>();

  private constructor({ id, socket, key, fence }: Pick<FuzzRunner, 'id' | 'socket' | 'key' | 'fence'>) {
    this.id = id;
    this.socket = socket;
    this.key = key;
    this.fence = fence;
    socket.once('disconnect', (reason) => (this.ended = reason));
    socket.once('goodbye', ({ message }: { message: string }) => (this.ended = message));
    this.#heart = setInterval(() => socket.emit('heartbeat', { fence, health: { sessions: 0 } }), HEARTBEAT_MS);
  }

  static async join(relay: Access, name: string): Promise<FuzzRunner> {
    const runner: RunnerProfile = {
      id: newId('runner'),
      name,
      version: '1.0.0',
      platform: 'fuzz',
      labels: {},
      capacity: 1000,
      agents: [{ name: 'scripted', kind: 'scripted' }],
      defaultAgent: 'scripted',
    };
    const token = await joinToken(relay, name);
    const joining = { url: relay.url, key: token };
    const { key } = await call<EndpointResponse<Api['joinRunner']>>(joining, '/runners/join', { runner });
    const socket = await openSocket(`${relay.url}/runner`, key);
    socket.on('assign', ({ sessions }: { sessions: { id: SessionId }[] }, ack: (reply: unknown) => void) => {
      ack({ ok: true, value: { accepted: sessions.map(({ id }) => id), refused: [] } });
    });
    for (const event of ['inbox', 'session_trigger', 'trigger_response'])
      socket.on(event, ({ entries }: { entries: { position: number }[] }, ack: (reply: unknown) => void) => {
        ack({ ok: true, value: { position: entries.at(-1)?.position ?? 0 } });
      });
    const hello = { protocol: { min: 1, max: 1 }, runner, instance: 'fuzz', generation: 1, sessions: [] };
    const welcome = (await socket.emitWithAck('hello', hello)) as Ack<{ fence: number }>;
    if (!welcome.ok) throw new Error(welcome.error.message);
    return new FuzzRunner({ id: runner.id, socket, key, fence: welcome.value.fence });
  }

  /** Sends a fact that is right, and is the next of its session. */
  async say(session: SessionId, fact: object): Promise<void> {
    const record = { id: newId('record'), at: Date.now(), ...fact } as FactRecord;
    const frames = [this.frame(session, JSON.stringify([record]))];
    const ack = (await this.socket.emitWithAck('log', { fence: this.fence, frames })) as Ack<{
      sessions: { verdict?: string; refused: unknown[] }[];
    }>;
    const [taken] = ack.ok ? ack.value.sessions : [];
    if (taken?.verdict !== undefined || taken?.refused.length !== 0) throw new Error(JSON.stringify(ack));
    this.#next.set(session, this.#first(session) + 1);
  }

  /** The next fact of a session, with any body. */
  frame(session: SessionId, body: string): Frame {
    return { id: newId('frame'), session, epoch: 1, first: this.#first(session), count: 1, kind: 'fact', body };
  }

  close(): void {
    clearInterval(this.#heart);
    this.socket.disconnect();
  }

  #first(session: SessionId): number {
    return this.#next.get(session) ?? 1;
  }
}

export async function openSocket(url: string, key: string): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, auth: { key } });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}
