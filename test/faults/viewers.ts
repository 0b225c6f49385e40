/** A viewer: follows its share of the sessions over Socket.IO, from a cursor, on whichever relay it reaches, and writes down all it sees. */
import { comparePositions, lastSeq, START, type Frame, type Position, type SessionId } from '@treeline/shared';
import { io, type Socket } from 'socket.io-client';
import type { SeenFrame, Sight, ViewerHistory } from './history.ts';

const CONNECT_MS = 4000;
const REQUEST_MS = 4000;
const RETRY_MS = 200;
/** A session that a relay does not know, because a store lost its tail, may be told of again by its runner. */
const LOOK_AGAIN_MS = 1000;

type Ack<T> = { ok: true; value: T } | { ok: false; error: { code: string; message: string } };
interface Snapshot {
  readonly frames: Frame[];
  readonly cursor: Position;
  readonly resync: boolean;
}

interface Following {
  readonly sights: Sight[];
  cursor: Position;
  /** An attach is on its way; frames that come meanwhile follow its snapshot. */
  early: Frame[] | undefined;
  attached: boolean;
  /** What was sent after the attach under way was asked for makes another one necessary. */
  again: boolean;
}

export class Viewer {
  readonly name: string;
  readonly #urls: readonly string[];
  readonly #key: string;
  readonly #isMine: (session: SessionId) => boolean;
  readonly #following = new Map<SessionId, Following>();
  #socket: Socket | undefined;
  #attempt = 0;
  #closed = false;

  constructor(options: {
    name: string;
    urls: readonly string[];
    key: string;
    isMine: (session: SessionId) => boolean;
  }) {
    this.name = options.name;
    this.#urls = options.urls;
    this.#key = options.key;
    this.#isMine = options.isMine;
    this.#connect();
  }

  get histories(): ViewerHistory[] {
    return [...this.#following].map(([session, { sights }]) => ({ viewer: this.name, session, sights }));
  }

  cursorOf(session: SessionId): Position | undefined {
    return this.#following.get(session)?.cursor;
  }

  follow(session: SessionId): void {
    if (!this.#isMine(session) || this.#following.has(session)) return;
    const following: Following = { sights: [], cursor: START, early: undefined, attached: false, again: false };
    this.#following.set(session, following);
    if (this.#socket?.connected === true) void this.#attach(this.#socket, session, following);
  }

  close(): void {
    this.#closed = true;
    this.#socket?.disconnect();
  }

  #connect(): void {
    if (this.#closed) return;
    const url = this.#urls[this.#attempt++ % this.#urls.length] as string;
    const socket = io(`${url}/viewer`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: CONNECT_MS,
      auth: { key: this.#key },
    });
    this.#socket = socket;
    let over = false;
    const again = () => {
      if (over) return;
      over = true;
      socket.disconnect();
      for (const following of this.#following.values()) {
        if (following.attached || following.early !== undefined) following.sights.push({ saw: 'disconnect' });
        following.attached = false;
        following.early = undefined;
      }
      setTimeout(() => this.#connect(), RETRY_MS);
    };
    socket.on('connect', () => {
      void this.#overview(socket);
      for (const [session, following] of this.#following) void this.#attach(socket, session, following);
    });
    socket.on('connect_error', again);
    socket.on('disconnect', again);
    socket.on('session', ({ session }: { session: { id: SessionId } }) => this.follow(session.id));
    socket.on('log', ({ frames }: { frames: Frame[] }) => this.#frames(frames));
    socket.on('resync', ({ session }: { session: SessionId }) => {
      const following = this.#following.get(session);
      if (following === undefined) return;
      following.sights.push({ saw: 'resync' });
      void this.#attach(socket, session, following);
    });
  }

  async #overview(socket: Socket): Promise<void> {
    const overview = await this.#request<{ sessions: { id: SessionId }[] }>(socket, 'overview', {});
    if (overview === undefined || overview === 'not_found') return;
    for (const { id } of overview.sessions) this.follow(id);
  }

  async #attach(socket: Socket, session: SessionId, following: Following): Promise<void> {
    if (following.early !== undefined) {
      following.again = true;
      return;
    }
    following.early = [];
    following.attached = false;
    following.again = false;
    const after = following.cursor;
    const snapshot = await this.#request<Snapshot>(socket, 'attach', { session, after });
    if (this.#socket !== socket || !socket.connected || snapshot === undefined) return;
    const early = following.early ?? [];
    following.early = undefined;
    if (snapshot === 'not_found') {
      setTimeout(() => this.#socket === socket && void this.#attach(socket, session, following), LOOK_AGAIN_MS).unref();
      return;
    }
    following.attached = true;
    following.sights.push({ saw: 'snapshot', after, resync: snapshot.resync, frames: snapshot.frames.map(seen) });
    following.cursor = snapshot.cursor;
    // What the relay sent before its answer belongs to an attach before this one.
    const fresh = early.filter((frame) => comparePositions(endOf(frame), snapshot.cursor) > 0);
    if (fresh.length > 0) this.#take(following, fresh);
    if (following.again) void this.#attach(socket, session, following);
  }

  #frames(frames: readonly Frame[]): void {
    const [first] = frames;
    const following = first === undefined ? undefined : this.#following.get(first.session);
    if (following === undefined) return;
    if (following.early !== undefined) following.early.push(...frames);
    else if (following.attached) this.#take(following, frames);
  }

  #take(following: Following, frames: readonly Frame[]): void {
    following.sights.push({ saw: 'frames', frames: frames.map(seen) });
    const last = frames.at(-1);
    if (last !== undefined) following.cursor = endOf(last);
  }

  /** Undefined when no good answer came: the connection is begun anew. */
  async #request<T>(socket: Socket, event: string, payload: unknown): Promise<T | 'not_found' | undefined> {
    try {
      const answer = (await socket.timeout(REQUEST_MS).emitWithAck(event, payload)) as Ack<T>;
      if (answer.ok) return answer.value;
      if (answer.error.code === 'not_found') return 'not_found';
    } catch {
      // No answer in time, as for a problem of the relay: another connection, perhaps to another relay.
    }
    if (this.#socket === socket) socket.disconnect();
    return undefined;
  }
}

function endOf(frame: Frame): Position {
  return { epoch: frame.epoch, seq: lastSeq(frame) };
}

function seen({ id, epoch, first, count }: Frame): SeenFrame {
  return { id, epoch, first, count };
}
