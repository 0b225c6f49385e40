/**
 * Writes the session's log: records become frames here, once. Events are batched (the first at once, then what comes
 * within BATCH_MS, at most BATCH_RECORDS or BATCH_BYTES); a fact goes at once, alone, after the events before it.
 */
import {
  FactRecord,
  LIMITS,
  newId,
  failpoint,
  type EventRecord,
  type Frame,
  type Position,
  type RecordId,
  type SessionId,
  type SessionUpdate,
} from '@treeline/shared';
import { endOf, type FrameFile } from '../process/frame-file.ts';
import { isDiskFull } from '../process/reserve.ts';
import { boundedText, boundedUpdate } from './bounded.ts';

const BATCH_MS = 16;
const BATCH_RECORDS = 32;
const BATCH_BYTES = 16 * 1024;
/** How soon a full disk is tried again, and what may wait for it. */
const FULL_RETRY_MS = 250;
const WAITING_CHARS = 4 * 1024 * 1024;

type Body<R> = R extends { id: RecordId } ? Omit<R, 'id' | 'at'> : never;
export type FactBody = Body<FactRecord>;

export interface RecorderOptions {
  readonly file: Pick<FrameFile, 'append' | 'flush' | 'last' | 'bytes'>;
  readonly session: SessionId;
  /** Epoch to write in; the file's own if that is later. */
  readonly epoch: number;
  /** What the agent says beyond so many bytes of log is not kept; default: all is. */
  readonly maxBytes?: number | undefined;
  /** The file has grown to here: events are with the kernel, facts on the disk. */
  readonly onAppended: (last: Position) => void;
  /** Called with every fact before it is written. */
  readonly onFact: (fact: FactRecord) => void;
  /** The disk is full, and so is the reserve: a frame waits in memory. */
  readonly onFull: () => void;
  /** The disk failed, or too much waits for it; the log is sealed. */
  readonly onFailure: (error: Error) => void;
}

/** A fact that is in the file, and where. */
export interface Recorded {
  readonly record: FactRecord;
  readonly position: Position;
}

export class Recorder {
  readonly #options: RecorderOptions;
  #epoch: number;
  #seq: number;
  #batch: string[] = [];
  #batchBytes = 0;
  #window: NodeJS.Timeout | undefined;
  #sealed = false;
  #full = false;
  /** Frames that are cut and not in the file, because the disk is full. */
  #waiting: Frame[] = [];
  #waitingChars = 0;
  #retry: NodeJS.Timeout | undefined;
  #written: (() => void)[] = [];

  constructor(options: RecorderOptions) {
    const { last } = options.file;
    this.#options = options;
    this.#epoch = Math.max(options.epoch, last.epoch);
    this.#seq = this.#epoch === last.epoch ? last.seq : 0;
  }

  /** Last record, those included that wait for their batch. */
  get head(): Position {
    return { epoch: this.#epoch, seq: this.#seq + this.#batch.length };
  }

  get sealed(): boolean {
    return this.#sealed;
  }

  update(update: SessionUpdate): void {
    if (this.#isFull()) return;
    this.#event({ id: newId('record'), at: Date.now(), kind: 'update', update: boundedUpdate(update) });
  }

  notice(level: 'info' | 'warn' | 'error', text: string): void {
    this.#event({ id: newId('record'), at: Date.now(), kind: 'notice', level, text: boundedText(text) });
  }

  /** Writes a fact. Throws when it is not valid, so that nothing the relay would refuse to read gets into the file, or when the log is sealed. */
  fact(body: FactBody): Recorded {
    if (this.#sealed) throw new Error('The session has ended; nothing more can be decided in it');
    const record = FactRecord.parse({ ...body, id: newId('record'), at: Date.now() });
    const json = JSON.stringify(record);
    if (Buffer.byteLength(json) > LIMITS.frameBytes - 2)
      throw new Error(`A decision may take ${LIMITS.frameBytes} bytes at most`);
    this.#options.onFact(record);
    this.#writeBatch();
    this.#append({ kind: 'fact', records: [json] });
    FAILPOINT: failpoint('worker.fact.written');
    void this.#announceSynced();
    return { record, position: this.head };
  }

  /** Ends the log of this attempt: later events are dropped, later facts throw. */
  seal(): void {
    this.#writeBatch();
    this.#sealed = true;
  }

  /** Resolves when everything recorded so far is on the disk. */
  async flush(): Promise<void> {
    this.#writeBatch();
    if (this.#waiting.length > 0) await new Promise<void>((resolve) => this.#written.push(resolve));
    await this.#options.file.flush();
  }

  /**
   * Goes on in a later epoch. `again`: frames that the store did not get in the old epoch; they are written once more,
   * with their records as they were.
   */
  beginEpoch(epoch: number, again: readonly Frame[]): void {
    if (this.#sealed || epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.#seq = 0;
    for (const { kind, body, count } of again) this.#appendBody({ kind, body, count });
    this.notice('warn', `The relay did not recognise the log that this runner holds; it goes on in epoch ${epoch}.`);
  }

  /** Says so once, when it begins to be. */
  #isFull(): boolean {
    const { maxBytes, file } = this.#options;
    if (maxBytes === undefined || file.bytes < maxBytes) return false;
    if (!this.#full)
      this.notice(
        'warn',
        `The log has ${maxBytes} bytes, the most this runner keeps of a session. What it says from here on is not kept.`,
      );
    return (this.#full = true);
  }

  #event(record: EventRecord): void {
    if (this.#sealed) return;
    const json = JSON.stringify(record);
    const bytes = Buffer.byteLength(json);
    if (this.#batchBytes + bytes > BATCH_BYTES) this.#writeBatch();
    this.#batch.push(json);
    this.#batchBytes += bytes;
    if (this.#window === undefined || this.#batch.length >= BATCH_RECORDS) this.#writeBatch();
    this.#window ??= setTimeout(() => this.#endWindow(), BATCH_MS);
  }

  #endWindow(): void {
    this.#window = undefined;
    if (this.#batch.length === 0) return;
    this.#writeBatch();
    this.#window = setTimeout(() => this.#endWindow(), BATCH_MS);
  }

  #writeBatch(): void {
    const records = this.#batch;
    if (records.length === 0) return;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#append({ kind: 'events', records });
    FAILPOINT: failpoint('worker.batch.written');
    if (this.#waiting.length === 0) this.#options.onAppended(this.#options.file.last);
  }

  #append({ kind, records }: { kind: Frame['kind']; records: readonly string[] }): void {
    this.#appendBody({ kind, body: `[${records.join(',')}]`, count: records.length });
  }

  #appendBody({ kind, body, count }: Pick<Frame, 'kind' | 'body' | 'count'>): void {
    const frame: Frame = {
      id: newId('frame'),
      session: this.#options.session,
      epoch: this.#epoch,
      first: this.#seq + 1,
      count,
      kind,
      body,
    };
    const mustWait = this.#waiting.length > 0 || !this.#write(frame);
    this.#seq = endOf(frame).seq;
    if (mustWait) this.#wait(frame);
  }

  /** False when the disk is full. */
  #write(frame: Frame): boolean {
    try {
      this.#options.file.append(frame);
      return true;
    } catch (error) {
      if (!isDiskFull(error)) this.#fail(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }

  #wait(frame: Frame): void {
    this.#waiting.push(frame);
    this.#waitingChars += frame.body.length;
    if (this.#waitingChars > WAITING_CHARS) this.#fail(new Error('The disk is full, and too much waits for it'));
    this.#retry ??= setInterval(() => this.#writeWaiting(), FULL_RETRY_MS);
    // Last: it may well record something.
    this.#options.onFull();
  }

  #writeWaiting(): void {
    for (let frame = this.#waiting[0]; frame !== undefined; frame = this.#waiting[0]) {
      if (!this.#write(frame)) return;
      this.#waiting.shift();
      this.#waitingChars -= frame.body.length;
    }
    clearInterval(this.#retry);
    this.#retry = undefined;
    for (const resolve of this.#written.splice(0)) resolve();
    void this.#announceSynced();
  }

  /** What cannot be recorded did not happen: the session must not go on past a hole in its log. */
  #fail(error: Error): never {
    this.#sealed = true;
    clearInterval(this.#retry);
    this.#options.onFailure(error);
    throw error;
  }

  async #announceSynced(): Promise<void> {
    if (this.#waiting.length > 0) return;
    try {
      await this.#options.file.flush();
    } catch {
      return; // The file reports a failing disk through its own onFailure.
    }
    this.#options.onAppended(this.#options.file.last);
  }
}
