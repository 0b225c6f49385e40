/**
 * Ships the spools: frames of all sessions, batched into packets, again and again until the relay has acknowledged them as
 * durable. One packet in flight per session and a few in all; what is not sent stays in its file.
 */
import {
  LIMITS,
  TreelineError,
  failpoint,
  type Frame,
  type FrameAck,
  type Position,
  type SessionId,
  type SpoolVerdict,
} from '@treeline/shared';
import type { Logger } from 'pino';
import type { Link } from './link.ts';
import { Serial } from './serial.ts';
import type { Spool } from './spool.ts';

const PACKETS_IN_FLIGHT = 4;
/** A packet that has this much takes no further session's frames. */
const PACKET_CHARS = 256 * 1024;
const ACK_MS = 20_000;
const RETRY_MS = 100;
const LONGEST_RETRY_MS = 3_000;

/** What a session wants to know of its shipping. */
export interface ShippingListener {
  acked(position: Position, refused: FrameAck['refused']): void;
  /** The relay and the spool disagree: the log is to go on in this epoch. */
  newEpoch(epoch: number): void;
  /** The session is not this runner's; nothing more of it is shipped. */
  disowned(): void;
  /** The file cannot be read on. */
  failed(error: Error): void;
}

interface Shipment {
  readonly spool: Spool;
  readonly listener: ShippingListener;
  /** Reading, and moving within the file. */
  readonly serial: Serial;
  /** In a packet that is on its way, or being put into one. */
  busy: boolean;
  /** There may be more to send. */
  pending: boolean;
  /** Nothing is sent until the relay has the session back that it lost, or the file is in the epoch that it asked for. */
  held: 'lost' | 'epoch' | undefined;
  /** In a row. One that failed travels alone, so that it holds up nobody else. */
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

export interface ShipperOptions {
  readonly link: Pick<Link, 'online' | 'request' | 'reset'>;
  readonly logger: Logger;
  /** How long an acknowledgement may take before the link is begun anew; default 20 s. */
  readonly ackMs?: number | undefined;
}

export class Shipper {
  readonly #link: ShipperOptions['link'];
  readonly #logger: Logger;
  readonly #ackMs: number;
  readonly #shipments = new Map<SessionId, Shipment>();
  /** Sessions whose turn it is, longest waiting first. */
  readonly #queue = new Set<Shipment>();
  #packets = 0;
  #packing = false;

  constructor({ link, logger, ackMs = ACK_MS }: ShipperOptions) {
    this.#link = link;
    this.#logger = logger;
    this.#ackMs = ackMs;
  }

  /** Ships the spool from now on. */
  add(spool: Spool, listener: ShippingListener): void {
    const shipment = {
      spool,
      listener,
      serial: new Serial(),
      busy: false,
      pending: false,
      held: undefined,
      failures: 0,
      timer: undefined,
    };
    this.#shipments.set(spool.session, shipment);
    this.#want(shipment);
  }

  remove(session: SessionId): void {
    const shipment = this.#shipments.get(session);
    if (shipment === undefined) return;
    clearTimeout(shipment.timer);
    this.#queue.delete(shipment);
    this.#shipments.delete(session);
  }

  /** The session's file has grown. */
  grown(session: SessionId): void {
    const shipment = this.#shipments.get(session);
    if (shipment !== undefined) this.#want(shipment);
  }

  /** Goes to an epoch that the session's file is to have. */
  async skipTo(session: SessionId, epoch: number): Promise<void> {
    const shipment = this.#shipments.get(session);
    if (shipment === undefined) return;
    await shipment.serial.run(async () => shipment.spool.skipTo(epoch));
    if (shipment.held === 'epoch') shipment.held = undefined;
    this.#want(shipment);
  }

  /** The link is open: each spool goes on where the relay says. */
  opened(verdicts: readonly SpoolVerdict[]): void {
    const said = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
    for (const shipment of this.#shipments.values()) {
      shipment.failures = 0;
      shipment.held = undefined;
      clearTimeout(shipment.timer);
      shipment.timer = undefined;
      const verdict = said.get(shipment.spool.session);
      if (verdict === undefined) this.#goTo(shipment, shipment.spool.acked);
      else this.#obey(shipment, verdict.verdict, verdict.have);
    }
  }

  /** Sessions that the relay had lost are taken in again, or not. */
  answered(verdicts: readonly SpoolVerdict[]): void {
    for (const { id, verdict, have } of verdicts) {
      const shipment = this.#shipments.get(id);
      if (shipment?.held !== 'lost') continue;
      shipment.held = undefined;
      this.#obey(shipment, verdict, have);
    }
  }

  #obey(shipment: Shipment, verdict: SpoolVerdict['verdict'], have: Position): void {
    switch (verdict) {
      case 'resume':
      case 'replay_from':
        this.#goTo(shipment, have);
        return;
      case 'new_epoch':
        this.#hold(shipment, 'epoch');
        shipment.listener.newEpoch(have.epoch + 1);
        return;
      case 'lost':
        this.#hold(shipment, 'lost');
        return;
      case 'not_yours':
        this.remove(shipment.spool.session);
        shipment.listener.disowned();
        return;
    }
  }

  #hold(shipment: Shipment, why: Shipment['held']): void {
    shipment.held = why;
    this.#queue.delete(shipment);
  }

  #goTo(shipment: Shipment, have: Position): void {
    shipment.serial
      .run(() => shipment.spool.goTo(have))
      .then(
        () => this.#want(shipment),
        (error: Error) => shipment.listener.failed(error),
      );
  }

  #want(shipment: Shipment): void {
    shipment.pending = true;
    if (shipment.busy || shipment.held !== undefined || shipment.timer !== undefined) return;
    this.#queue.add(shipment);
    this.#pump();
  }

  #pump(): void {
    if (!this.#packing) void this.#pack();
  }

  async #pack(): Promise<void> {
    this.#packing = true;
    while (this.#link.online && this.#packets < PACKETS_IN_FLIGHT && this.#queue.size > 0) {
      const packet = await this.#nextPacket();
      if (packet.frames.length > 0) void this.#send(packet);
    }
    this.#packing = false;
  }

  async #nextPacket(): Promise<Packet> {
    const packet: Packet = { shipments: [], frames: [] };
    let chars = 0;
    for (const shipment of this.#queue) {
      const room = LIMITS.framesPerPacket - packet.frames.length;
      if (room <= 0 || chars >= PACKET_CHARS) break;
      const alone = shipment.failures > 0;
      if (alone && packet.frames.length > 0) continue;
      this.#queue.delete(shipment);
      shipment.busy = true;
      shipment.pending = false;
      const frames = await this.#take(shipment, room);
      if (frames.length === 0 || frames.length > room) {
        shipment.busy = false;
        if (frames.length > 0 || shipment.pending) this.#queue.add(shipment);
        if (frames.length > 0) break;
        continue;
      }
      packet.shipments.push(shipment);
      packet.frames.push(...frames);
      for (const { body } of frames) chars += body.length;
      if (alone) break;
    }
    return packet;
  }

  async #take(shipment: Shipment, room: number): Promise<readonly Frame[]> {
    try {
      return await shipment.serial.run(() => shipment.spool.take(room));
    } catch (error) {
      shipment.listener.failed(error instanceof Error ? error : new Error(String(error)));
      return [];
    }
  }

  async #send({ shipments, frames }: Packet): Promise<void> {
    this.#packets += 1;
    try {
      const { sessions } = await this.#link.request('log', { frames }, this.#ackMs);
      FAILPOINT: failpoint('daemon.log.acked');
      for (const shipment of shipments) {
        const ack = sessions.find(({ session }) => session === shipment.spool.session);
        shipment.busy = false;
        if (ack === undefined) this.#again(shipment, 'the relay acknowledged a packet without it');
        else this.#settle(shipment, ack);
      }
    } catch (error) {
      for (const shipment of shipments) shipment.busy = false;
      this.#unknown(shipments, error);
    } finally {
      this.#packets -= 1;
      this.#pump();
    }
  }

  #settle(shipment: Shipment, ack: FrameAck): void {
    if (this.#shipments.get(ack.session) !== shipment) return;
    const { spool, listener } = shipment;
    if (ack.verdict !== undefined) {
      // Its `acked` says where the relay's log ends, which need not be with frames of this spool.
      if (shipment.failures > 0) this.#again(shipment, `the relay says ${ack.verdict} again`);
      else shipment.failures = 1;
      if (ack.common !== undefined) spool.settle({ acked: ack.common });
      if (ack.common !== undefined || ack.refused.length > 0) listener.acked(spool.acked, ack.refused);
      this.#obey(shipment, ack.verdict, ack.acked);
      return;
    }
    const settled = spool.settle(ack);
    if (settled === 'none') return this.#again(shipment, 'the relay acknowledged nothing of it');
    shipment.failures = 0;
    listener.acked(spool.acked, ack.refused);
    this.#want(shipment);
  }

  /** No answer came, or a problem: whether the relay has the frames is unknown, so the same go out again. */
  #unknown(shipments: readonly Shipment[], error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    for (const shipment of shipments) this.#again(shipment, why);
    if (!this.#link.online) return;
    const isProblem = error instanceof TreelineError;
    if (!isProblem || error.code === 'stale_fence') this.#link.reset(`log frames were not acknowledged: ${why}`);
  }

  #again(shipment: Shipment, why: string): void {
    if (this.#shipments.get(shipment.spool.session) !== shipment) return;
    shipment.failures += 1;
    const wait = Math.min(RETRY_MS * 2 ** Math.min(shipment.failures - 1, 10), LONGEST_RETRY_MS);
    this.#logger.warn({ session: shipment.spool.session, wait }, `frames go out again: ${why}`);
    clearTimeout(shipment.timer);
    shipment.timer = setTimeout(() => {
      shipment.timer = undefined;
      this.#want(shipment);
    }, wait);
  }
}

interface Packet {
  readonly shipments: Shipment[];
  readonly frames: Frame[];
}
