/** A runner that speaks the protocol by hand, without files or workers, and packs its packets as the real daemon does. */
import {
  type FactRecord,
  type Frame,
  type InboxEntry,
  newId,
  type Api,
  type EndpointResponse,
  type RunnerId,
  type RunnerProfile,
  type SessionId,
} from '@treeline/shared';
import { type Access, call, joinToken } from './api.ts';
import { LightSocket } from './light-socket.ts';

/** As runner/src/worker/recorder.ts cuts frames and runner/src/daemon/shipper.ts packs them. */
const RECORDS_PER_FRAME = 32;
const FRAME_CHARS = 16 * 1024;
const PACKETS_IN_FLIGHT = 4;
const PACKET_CHARS = 256 * 1024;
const FRAMES_PER_PACKET = 64;
const RETRY_MS = 100;

type Pushed = { readonly session: SessionId; readonly entries: readonly InboxEntry[] };

export class BenchRunner {
  readonly id: RunnerId;
  readonly #socket: LightSocket;
  #fence = 0;
  readonly #next = new Map<SessionId, number>();
  readonly #waiting = new Map<SessionId, Frame[]>();
  readonly #busy = new Set<SessionId>();
  #packets = 0;
  #closed = false;
  #drained: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  /** Hears every item of an inbox, before it is acknowledged. */
  onItems: (event: string, pushed: Pushed) => void = () => undefined;
  /** Hears whether anybody watches a session. */
  onWatch: (watch: { readonly session: string; readonly on: boolean }) => void = () => undefined;

  private constructor(id: RunnerId, socket: LightSocket) {
    this.id = id;
    this.#socket = socket;
    socket.onText = (json) => {
      const [name, payload] = JSON.parse(json) as [string, never];
      if (name === 'watch') this.onWatch(payload);
    };
    socket.onRequest = (name, payload) => {
      if (name === 'assign') {
        const { sessions } = payload as { sessions: { id: SessionId }[] };
        return { accepted: sessions.map(({ id }) => id), refused: [] };
      }
      const pushed = payload as Pushed;
      this.onItems(name, pushed);
      return { position: pushed.entries.at(-1)?.position ?? 0 };
    };
  }

  /** With a capacity of 10,000 sessions; ping times are the server's. */
  static async join(relay: Access, name = `bench-${newId('request').slice(-6)}`): Promise<BenchRunner> {
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
    const key = await joinToken(relay, name);
    const joined = await call<EndpointResponse<Api['joinRunner']>>({ url: relay.url, key }, '/runners/join', {
      runner: profile,
    });
    const socket = await LightSocket.connect(relay.url, '/runner', { key: joined.key });
    const runner = new BenchRunner(profile.id, socket);
    const hello = { protocol: { min: 1, max: 1 }, runner: profile, instance: 'bench', generation: 1, sessions: [] };
    const welcome = await socket.request<{ fence: number }>('hello', hello);
    runner.#fence = welcome.fence;
    return runner;
  }

  /** Cuts frames of events as a worker in a burst does. */
  cut(session: SessionId, texts: readonly string[]): Frame[] {
    const frames: Frame[] = [];
    let batch: string[] = [];
    let chars = 0;
    const flush = () => {
      if (batch.length > 0) frames.push(this.#frame(session, 'events', batch));
      batch = [];
      chars = 0;
    };
    for (const text of texts) {
      const json = JSON.stringify({ id: newId('record'), at: Date.now(), kind: 'notice', level: 'info', text });
      if (chars + json.length > FRAME_CHARS) flush();
      batch.push(json);
      chars += json.length;
      if (batch.length === RECORDS_PER_FRAME) flush();
    }
    flush();
    return frames;
  }

  fact(session: SessionId, fact: FactRecord): Frame {
    return this.#frame(session, 'fact', [JSON.stringify(fact)]);
  }

  /** Queues frames of a session; they go as fast as acknowledgements allow. */
  push(frames: readonly Frame[]): void {
    for (const frame of frames) {
      const queue = this.#waiting.get(frame.session);
      if (queue === undefined) this.#waiting.set(frame.session, [frame]);
      else queue.push(frame);
    }
    this.#pump();
  }

  /** Resolves when everything that was pushed is durable. */
  drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#drained = { resolve, reject };
      this.#pump();
    });
  }

  delta(payload: unknown): void {
    this.#socket.emit('delta', payload);
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }

  #frame(session: SessionId, kind: Frame['kind'], records: readonly string[]): Frame {
    const first = this.#next.get(session) ?? 1;
    this.#next.set(session, first + records.length);
    const body = `[${records.join(',')}]`;
    return { id: newId('frame'), session, epoch: 1, first, count: records.length, kind, body };
  }

  /** The relay could not say what became of them, so the same go out again, as from a daemon. */
  #again(frames: readonly Frame[]): void {
    for (const session of new Set(frames.map((frame) => frame.session))) {
      const own = frames.filter((frame) => frame.session === session);
      this.#waiting.set(session, [...own, ...(this.#waiting.get(session) ?? [])]);
    }
    setTimeout(() => this.#pump(), RETRY_MS);
  }

  #pump(): void {
    while (this.#packets < PACKETS_IN_FLIGHT) {
      const frames = this.#pack();
      if (frames.length === 0) break;
      void this.#send(frames);
    }
    if (this.#packets === 0 && this.#waiting.size === 0) this.#drained?.resolve();
  }

  /** One packet in flight per session; a packet that has PACKET_CHARS takes no further session. */
  #pack(): Frame[] {
    const frames: Frame[] = [];
    let chars = 0;
    for (const [session, queue] of this.#waiting) {
      if (this.#busy.has(session)) continue;
      if (chars >= PACKET_CHARS || frames.length >= FRAMES_PER_PACKET) break;
      let own = 0;
      while (queue.length > 0 && own < PACKET_CHARS && frames.length < FRAMES_PER_PACKET) {
        const frame = queue.shift() as Frame;
        own += frame.body.length;
        frames.push(frame);
      }
      chars += own;
      this.#busy.add(session);
      this.#waiting.delete(session);
      if (queue.length > 0) this.#waiting.set(session, queue);
    }
    return frames;
  }

  async #send(frames: readonly Frame[]): Promise<void> {
    this.#packets += 1;
    try {
      const ack = await this.#socket.ask<{ sessions: { verdict?: string }[] }>('log', { fence: this.#fence, frames });
      if (!ack.ok && ack.error.code === 'unavailable') return this.#again(frames);
      if (!ack.ok) throw new Error(ack.error.message);
      const odd = ack.value.sessions.find(({ verdict }) => verdict !== undefined);
      if (odd !== undefined) throw new Error(`verdict ${odd.verdict}`);
    } catch (error) {
      if (this.#closed) return;
      this.#drained?.reject(error);
      throw error;
    } finally {
      this.#packets -= 1;
      for (const { session } of frames) this.#busy.delete(session);
    }
    this.#pump();
  }
}
