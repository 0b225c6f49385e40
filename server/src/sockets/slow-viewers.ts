/** Viewers that take less than they are sent: they get no frames until they have drained, then a word to attach again. */
import type { SessionId } from '@treeline/shared';
import type { Namespace, Socket } from 'socket.io';
import { pressureOf } from './back-pressure.ts';

const LOOK_EVERY_MS = 250;
const GIVE_UP_AFTER_MS = 15_000;

export interface SlowViewersOptions {
  readonly namespace: Namespace;
  readonly resync: (socket: Socket, session: SessionId) => void;
  /** A viewer that has not drained by then is cut off; default 15 s. */
  readonly giveUpAfterMs?: number;
}

export class SlowViewers {
  readonly #namespace: Namespace;
  readonly #resync: (socket: Socket, session: SessionId) => void;
  readonly #giveUpAfterMs: number;
  readonly #slow = new Map<Socket, { since: number; sessions: Set<SessionId> }>();
  readonly #timer: NodeJS.Timeout;

  constructor({ namespace, resync, giveUpAfterMs = GIVE_UP_AFTER_MS }: SlowViewersOptions) {
    this.#namespace = namespace;
    this.#resync = resync;
    this.#giveUpAfterMs = giveUpAfterMs;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Frames of this session were kept from it. */
  skipped(socket: Socket, session: SessionId): void {
    const entry = this.#slow.get(socket) ?? { since: Date.now(), sessions: new Set() };
    entry.sessions.add(session);
    this.#slow.set(socket, entry);
  }

  forget(socket: Socket, session?: SessionId): void {
    const entry = this.#slow.get(socket);
    if (session !== undefined) entry?.sessions.delete(session);
    if (session === undefined || entry?.sessions.size === 0) this.#slow.delete(socket);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const socket of this.#namespace.sockets.values()) if (pressureOf(socket) === 'hopeless') drop(socket);
    for (const [socket, { since, sessions }] of this.#slow) {
      if (pressureOf(socket) === 'drained') {
        this.#slow.delete(socket);
        for (const session of sessions) this.#resync(socket, session);
      } else if (Date.now() - since > this.#giveUpAfterMs) {
        drop(socket);
      }
    }
  }
}

/** Not politely: what waits for it would have to be sent first. */
function drop(socket: Socket): void {
  socket.conn.transport.discard();
  socket.disconnect(true);
  (socket.conn.transport as unknown as { socket?: { terminate?: () => void } }).socket?.terminate?.();
}
