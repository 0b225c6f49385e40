/**
 * One session's log file as the shipper sees it:
 *
 *   ├── acked: the relay has it durably ──┼── in flight: sent, not acknowledged ──┼── not read yet ──▶
 *
 * Only what is in flight is in memory. Frames go out as they are in the file, in its order, and again until they are acked.
 */
import {
  comparePositions,
  START,
  type Frame,
  type FrameAck,
  type FrameId,
  type Position,
  type SessionId,
} from '@treeline/shared';
import { readJson, writeJson } from '../process/files.ts';
import { endOf, FrameReader } from '../process/frame-file.ts';
import { AckedFile, type SessionPaths } from '../process/session-folder.ts';

/** How the relay's acknowledgement leaves the spool. */
export type Settled =
  /** Everything that was sent is acked. */
  | 'all'
  /** Some of it is; the rest goes out again at once. */
  | 'some'
  /** Nothing is: the same goes out again, after a while. */
  | 'none';

export class Spool {
  readonly session: SessionId;
  readonly #paths: SessionPaths;
  readonly #reader: FrameReader;
  #acked: Position = START;
  #ackedFrame: FrameId | null = null;
  #last: Position = START;
  #lastFrame: FrameId | null = null;
  #end: Position = START;
  #inFlight: Frame[] = [];
  #saved: Position = START;
  /** Frames of earlier ones are passed over. */
  #epoch = 0;

  private constructor(session: SessionId, paths: SessionPaths, acked: AckedFile) {
    this.session = session;
    this.#paths = paths;
    this.#acked = this.#last = this.#saved = acked.position;
    this.#ackedFrame = this.#lastFrame = acked.frame;
    this.#reader = new FrameReader({ path: paths.log, after: acked.position });
  }

  /** Reads how far the relay has the log, and to its present end. A lost acked.json costs sending again, no more. */
  static async open(session: SessionId, paths: SessionPaths): Promise<Spool> {
    const read = await readJson(paths.acked, AckedFile);
    const spool = new Spool(session, paths, read.found ? read.value : { position: START, frame: null });
    for (let frames = await spool.#read(256); frames.length > 0; frames = await spool.#read(256));
    spool.#reader.seek(spool.#acked);
    return spool;
  }

  get acked(): Position {
    return this.#acked;
  }

  get ackedFrame(): FrameId | null {
    return this.#ackedFrame;
  }

  /** The furthest record that was read: nothing beyond it was ever sent. */
  get last(): Position {
    return this.#last;
  }

  get lastFrame(): FrameId | null {
    return this.#lastFrame;
  }

  /** Every record that is known of is acked. */
  get drained(): boolean {
    return comparePositions(this.#acked, this.#last) >= 0 && comparePositions(this.#acked, this.#end) >= 0;
  }

  /** The file ends here for now, as far as it is known without having read it. */
  noteEnd(end: Position): void {
    if (comparePositions(end, this.#end) > 0) this.#end = end;
  }

  /**
   * What is to be sent now: what is in flight already, else the next frames of the file. Empty at its end; rejects where
   * the file is damaged, which whoever writes to it next will cut away.
   */
  async take(maxFrames: number): Promise<readonly Frame[]> {
    while (this.#inFlight.length === 0) {
      const frames = await this.#read(maxFrames);
      if (frames.length === 0) break;
      this.#inFlight = frames.filter(({ epoch }) => epoch >= this.#epoch);
    }
    if (this.#inFlight.length === 0 && this.#reader.damaged) throw new Error('a line of the log file is damaged');
    return this.#inFlight;
  }

  /** Takes in an acknowledgement. Positions that were never sent are not believed. */
  settle(ack: Pick<FrameAck, 'acked'>): Settled {
    const covered = this.#inFlight.filter((frame) => comparePositions(endOf(frame), ack.acked) <= 0);
    const newest = covered.at(-1);
    if (newest === undefined) return 'none';
    this.#inFlight = this.#inFlight.slice(covered.length);
    this.#acked = endOf(newest);
    this.#ackedFrame = newest.id;
    return this.#inFlight.length === 0 ? 'all' : 'some';
  }

  /** Goes on after a place that the relay named, earlier or later. One beyond what was ever read is not believed. */
  async goTo(have: Position): Promise<void> {
    this.#inFlight = [];
    this.#epoch = 0;
    if (comparePositions(have, this.#last) <= 0 && comparePositions(have, this.#acked) !== 0) {
      this.#ackedFrame = await this.#frameAt(have);
      this.#acked = have;
    }
    this.#reader.seek(this.#acked);
  }

  /** Skips what the file has of earlier epochs, and what its writer adds to them until it has heard. */
  skipTo(epoch: number): void {
    this.#inFlight = [];
    this.#epoch = epoch;
    this.#reader.seek({ epoch, seq: 0 });
  }

  /** Writes down how far the relay has it: a lower bound, so that it may be late. */
  async save(): Promise<void> {
    if (comparePositions(this.#saved, this.#acked) === 0) return;
    this.#saved = this.#acked;
    await writeJson(this.#paths.acked, { position: this.#acked, frame: this.#ackedFrame } satisfies AckedFile);
  }

  /** Frees the file until it is read again. */
  async rest(): Promise<void> {
    await this.#reader.close();
  }

  async #read(maxFrames: number): Promise<Frame[]> {
    const frames = await this.#reader.next(maxFrames);
    const newest = frames.at(-1);
    if (newest !== undefined && comparePositions(endOf(newest), this.#last) > 0) {
      this.#last = endOf(newest);
      this.#lastFrame = newest.id;
    }
    return frames;
  }

  async #frameAt(position: Position): Promise<FrameId | null> {
    if (position.seq === 0) return null;
    this.#reader.seek({ epoch: position.epoch, seq: position.seq - 1 });
    const [frame] = await this.#reader.next(1);
    return frame !== undefined && comparePositions(endOf(frame), position) === 0 ? frame.id : null;
  }
}
