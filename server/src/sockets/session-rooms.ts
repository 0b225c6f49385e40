/** The rooms of all sessions that are watched on this relay; each is flushed once per turn of the event loop. */
import {
  TreelineError,
  type Frame,
  type PayloadIn,
  type Position,
  type RelayToViewer,
  type SessionId,
} from '@treeline/shared';
import type { Namespace, Socket } from 'socket.io';
import type { Hint } from '../ports/hints.ts';
import { pressureOf } from './back-pressure.ts';
import { aboutRoom, logRoom } from './room-names.ts';
import { SessionRoom, type Joining } from './session-room.ts';
import { SlowViewers } from './slow-viewers.ts';

/** Sessions that one socket may follow at once. */
const ATTACHED_MAX = 256;

type Delta = PayloadIn<(typeof RelayToViewer)['delta']>;

export interface SessionRoomsOptions {
  readonly namespace: Namespace;
  /** The first viewer of a session came, or the last one went. */
  readonly onWatch: (ns: string, session: SessionId, on: boolean) => void;
}

export interface Following {
  readonly ns: string;
  readonly session: SessionId;
  /** Tells also of its triggers and its children's. */
  readonly withTriggers: boolean;
}

interface Entry {
  readonly ns: string;
  readonly session: SessionId;
  readonly room: SessionRoom;
}

export interface Attaching {
  /** With the snapshot's cursor: what is to be sent with it. Undefined: the viewer has to attach again. */
  readonly complete: (cursor: Position) => { frames: Frame[]; cursor: Position } | undefined;
  /** The snapshot is only a part: the viewer has to attach again. */
  readonly incomplete: () => undefined;
  readonly abandon: () => void;
}

export class SessionRooms {
  readonly #options: SessionRoomsOptions;
  readonly #rooms = new Map<string, Entry>();
  readonly #attached = new Map<Socket, Set<Entry>>();
  readonly #dirty = new Set<SessionRoom>();
  readonly #slow: SlowViewers;

  constructor(options: SessionRoomsOptions) {
    this.#options = options;
    this.#slow = new SlowViewers({ namespace: options.namespace, resync });
  }

  /** Before the snapshot is read. Throws rate_limited for a viewer that has too many sessions attached. */
  attach(socket: Socket, { ns, session, withTriggers }: Following): Attaching {
    if ((this.#attached.get(socket)?.size ?? 0) >= ATTACHED_MAX) {
      throw new TreelineError('rate_limited', `a viewer follows at most ${ATTACHED_MAX} sessions at once; detach some`);
    }
    const entry = this.#open(ns, session);
    this.#slow.forget(socket, session);
    const joining: Joining = entry.room.join(socket);
    this.#track(socket, entry);
    if (withTriggers) void socket.join(aboutRoom(ns, session));
    return {
      complete: (cursor) => entry.room.joined(joining, cursor),
      incomplete: () => entry.room.abandon(joining),
      abandon: () => {
        entry.room.abandon(joining);
        this.detach(socket, ns, session);
      },
    };
  }

  detach(socket: Socket, ns: string, session: SessionId): void {
    const entry = this.#rooms.get(aboutRoom(ns, session));
    if (entry === undefined) return;
    void socket.leave(aboutRoom(ns, session));
    this.#slow.forget(socket, session);
    this.#attached.get(socket)?.delete(entry);
    this.#leave(socket, entry);
  }

  gone(socket: Socket): void {
    this.#slow.forget(socket);
    const entries = this.#attached.get(socket);
    this.#attached.delete(socket);
    for (const entry of entries ?? []) this.#leave(socket, entry);
  }

  hint(hint: Hint): void {
    if (hint.type === 'frames') {
      const entry = this.#rooms.get(aboutRoom(hint.ns, hint.session));
      if (entry === undefined) return;
      entry.room.add(hint.frames);
      if (this.#dirty.size === 0) setImmediate(() => this.#flush());
      this.#dirty.add(entry.room);
    } else if (hint.type === 'lapsed') {
      for (const { room } of this.#rooms.values()) room.resyncAll();
    }
  }

  /** To viewers of this relay, or of every one; dropped where a socket is not ready to take it. */
  delta(ns: string, delta: Delta, { everywhere }: { everywhere: boolean }): void {
    const { volatile } = everywhere ? this.#options.namespace : this.#options.namespace.local;
    volatile.to(logRoom(ns, delta.session)).emit('delta', delta);
  }

  stop(): void {
    this.#slow.stop();
  }

  #flush(): void {
    const rooms = [...this.#dirty];
    this.#dirty.clear();
    for (const room of rooms) room.flush();
  }

  #open(ns: string, session: SessionId): Entry {
    const key = aboutRoom(ns, session);
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    const { namespace, onWatch } = this.#options;
    const name = logRoom(ns, session);
    const room = new SessionRoom({
      broadcast: (frames) => void namespace.local.to(name).emit('log', { frames }),
      send: (socket, frames) => void socket.emit('log', { frames }),
      resync: (socket) => resync(socket, session),
      enter: (socket) => void socket.join(name),
      leave: (socket) => void socket.leave(name),
      isSlow: (socket) => ['slow', 'hopeless'].includes(pressureOf(socket)),
      onSlow: (socket) => this.#slow.skipped(socket, session),
    });
    const entry = { ns, session, room };
    this.#rooms.set(key, entry);
    onWatch(ns, session, true);
    return entry;
  }

  #track(socket: Socket, entry: Entry): void {
    const entries = this.#attached.get(socket) ?? new Set();
    this.#attached.set(socket, entries.add(entry));
  }

  #leave(socket: Socket, entry: Entry): void {
    const { ns, session, room } = entry;
    room.leave(socket);
    // A room that was empty before may have a successor, which others are in.
    if (!room.isEmpty || this.#rooms.get(aboutRoom(ns, session)) !== entry) return;
    this.#rooms.delete(aboutRoom(ns, session));
    this.#options.onWatch(ns, session, false);
  }
}

function resync(socket: Socket, session: SessionId): void {
  socket.emit('resync', { session } satisfies PayloadIn<(typeof RelayToViewer)['resync']>);
}
