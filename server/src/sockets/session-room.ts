/**
 * The viewers of one session on this relay. Frames reach each of them once, in order and without a gap: a viewer that
 * joins gets what came meanwhile behind its snapshot, and one that is ahead of the room stays outside until the room has
 * caught up. Where a frame is missing, viewers are told to attach again from their cursor.
 */
import { comparePositions, lastSeq, type Frame, type Position } from '@treeline/shared';
import type { Socket } from 'socket.io';

/** Frames kept for a viewer whose snapshot is being read. */
const JOINING_FRAMES = 4096;

export interface RoomWire {
  /** To all sockets that are in the room. */
  readonly broadcast: (frames: Frame[]) => void;
  readonly send: (socket: Socket, frames: Frame[]) => void;
  readonly resync: (socket: Socket) => void;
  readonly enter: (socket: Socket) => void;
  readonly leave: (socket: Socket) => void;
  /** Takes no more for now. */
  readonly isSlow: (socket: Socket) => boolean;
  readonly onSlow: (socket: Socket) => void;
}

/** A viewer between its request and its snapshot. */
export interface Joining {
  readonly socket: Socket;
  readonly frames: Frame[];
  overflowed: boolean;
}

export class SessionRoom {
  readonly #wire: RoomWire;
  readonly #joining = new Set<Joining>();
  readonly #inStep = new Set<Socket>();
  /** Viewers whose snapshot reaches beyond what the room has been told yet. */
  readonly #ahead = new Map<Socket, Position>();
  /** Last record that those in step have, once there are any. */
  #head: Position | undefined;
  #pending: Frame[] = [];

  constructor(wire: RoomWire) {
    this.#wire = wire;
  }

  get isEmpty(): boolean {
    return this.#joining.size === 0 && this.#inStep.size === 0 && this.#ahead.size === 0;
  }

  /** Before the snapshot is read. */
  join(socket: Socket): Joining {
    this.leave(socket);
    const joining = { socket, frames: [], overflowed: false };
    this.#joining.add(joining);
    return joining;
  }

  /**
   * The snapshot is read. Returns what came meanwhile and follows it, to be sent with it; undefined when something is
   * missing between, so that the viewer has to attach again.
   */
  joined(joining: Joining, cursor: Position): { frames: Frame[]; cursor: Position } | undefined {
    if (!this.#joining.delete(joining)) return undefined;
    this.flush();
    const tail = joining.overflowed ? undefined : following(joining.frames, cursor);
    if (tail === undefined || (this.#head !== undefined && comparePositions(tail.cursor, this.#head) < 0))
      return undefined;
    this.#head ??= tail.cursor;
    if (comparePositions(tail.cursor, this.#head) > 0) this.#ahead.set(joining.socket, tail.cursor);
    else this.#step(joining.socket);
    return tail;
  }

  abandon(joining: Joining): undefined {
    this.#joining.delete(joining);
  }

  leave(socket: Socket): void {
    for (const joining of this.#joining) if (joining.socket === socket) this.#joining.delete(joining);
    this.#ahead.delete(socket);
    if (this.#inStep.delete(socket)) this.#wire.leave(socket);
    if (this.#inStep.size === 0 && this.#ahead.size === 0) {
      this.#head = undefined;
      this.#pending = [];
    }
  }

  /** Frames that were stored; they go out with the next flush. */
  add(frames: readonly Frame[]): void {
    for (const joining of this.#joining) {
      if (joining.frames.length + frames.length > JOINING_FRAMES) joining.overflowed = true;
      else joining.frames.push(...frames);
    }
    if (this.#head !== undefined) this.#pending.push(...frames);
  }

  /** Sends what is pending, as one packet. */
  flush(): void {
    const head = this.#head;
    if (head === undefined || this.#pending.length === 0) return;
    const next = following(this.#pending, head);
    this.#pending = [];
    if (next === undefined) return this.resyncAll();
    if (next.frames.length === 0) return;
    for (const socket of this.#inStep) if (this.#wire.isSlow(socket)) this.#drop(socket);
    if (this.#inStep.size > 0) this.#wire.broadcast(next.frames);
    this.#head = next.cursor;
    this.#catchUp(next.frames, next.cursor);
  }

  /** Frames may have been missed: everybody attaches again. */
  resyncAll(): void {
    for (const joining of this.#joining) joining.overflowed = true;
    for (const socket of [...this.#inStep, ...this.#ahead.keys()]) {
      this.leave(socket);
      this.#wire.resync(socket);
    }
  }

  #catchUp(frames: readonly Frame[], head: Position): void {
    for (const [socket, cursor] of this.#ahead) {
      if (comparePositions(cursor, head) > 0) continue;
      this.#ahead.delete(socket);
      const rest = following(frames, cursor);
      if (rest === undefined) {
        this.#wire.resync(socket);
        continue;
      }
      if (rest.frames.length > 0) this.#wire.send(socket, rest.frames);
      this.#step(socket);
    }
  }

  #step(socket: Socket): void {
    this.#inStep.add(socket);
    this.#wire.enter(socket);
  }

  #drop(socket: Socket): void {
    this.#inStep.delete(socket);
    this.#wire.leave(socket);
    this.#wire.onSlow(socket);
  }
}

/** The frames beyond a cursor and where they end; undefined when the first of them does not follow it. */
export function following(frames: readonly Frame[], from: Position): { frames: Frame[]; cursor: Position } | undefined {
  const rest: Frame[] = [];
  let cursor = { epoch: from.epoch, seq: from.seq };
  for (const frame of frames) {
    const last = { epoch: frame.epoch, seq: lastSeq(frame) };
    if (comparePositions(last, cursor) <= 0) continue;
    // How far an epoch went is not seen from the next one.
    const follows =
      frame.epoch === cursor.epoch ? frame.first <= cursor.seq + 1 : cursor.epoch === 0 && frame.first === 1;
    if (!follows) return undefined;
    rest.push(frame);
    cursor = last;
  }
  return { frames: rest, cursor };
}
