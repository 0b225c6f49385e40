/** The `log` file of a session's folder: its frames in order, one a line. */
import { Frame, START, comparePositions, lastSeq, type FrameId, type Position } from '@treeline/shared';
import { CheckedFile } from './checked-file.ts';
import { CheckedReader } from './checked-reader.ts';
import type { Reserve } from './reserve.ts';

export interface FrameFileOptions {
  readonly path: string;
  /** Called for every frame that the file holds already, in order, before opening returns. */
  readonly visit?: (frame: Frame) => void;
  /** The disk failed in the background; nothing can be appended from now on. */
  readonly onFailure: (error: Error) => void;
  /** Given up for what is appended to a disk that is full. Default: none. */
  readonly reserve?: Pick<Reserve, 'giveUp'> | undefined;
}

/** Last record of a frame. */
export function endOf(frame: Pick<Frame, 'epoch' | 'first' | 'count'>): Position {
  return { epoch: frame.epoch, seq: lastSeq(frame) };
}

export class FrameFile {
  readonly #file: CheckedFile<typeof Frame>;
  #last: Position = START;
  #lastFrame: FrameId | null = null;

  constructor({ path, visit, onFailure, reserve }: FrameFileOptions) {
    this.#file = new CheckedFile({
      path,
      reserve,
      schema: Frame,
      onFailure,
      visit: (frame) => {
        this.#last = endOf(frame);
        this.#lastFrame = frame.id;
        visit?.(frame);
      },
    });
  }

  /** Last record in the file. */
  get last(): Position {
    return this.#last;
  }

  /** The frame that holds it. */
  get lastFrame(): FrameId | null {
    return this.#lastFrame;
  }

  /** Length of the file. */
  get bytes(): number {
    return this.#file.bytes;
  }

  /** Bytes that were cut from the end at opening. */
  get cutBytes(): number {
    return this.#file.cutBytes;
  }

  /** Appends a frame, which must begin right after the last record or begin a later epoch at 1; throws otherwise. */
  append(frame: Frame): void {
    const follows =
      frame.epoch === this.#last.epoch
        ? frame.first === this.#last.seq + 1
        : frame.epoch > this.#last.epoch && frame.first === 1;
    if (!follows) {
      throw new Error(`Frame ${frame.epoch}-${frame.first} does not follow ${this.#last.epoch}-${this.#last.seq}`);
    }
    this.#file.append([frame]);
    this.#last = endOf(frame);
    this.#lastFrame = frame.id;
  }

  /** Resolves when every frame so far is on the disk. */
  flush(): Promise<void> {
    return this.#file.flush();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Reads frames after a position, now and as they are appended. */
export class FrameReader {
  readonly #reader: CheckedReader<typeof Frame>;
  #after: Position;
  #placed = false;

  constructor(options: { path: string; after: Position }) {
    this.#reader = new CheckedReader({ path: options.path, schema: Frame });
    this.#after = options.after;
  }

  /** A whole line of the file does not hold; there is nothing to read beyond it. */
  get damaged(): boolean {
    return this.#reader.damaged;
  }

  /** The next frames whose last record lies after the position, at most `maxFrames`; empty when there are none yet. */
  async next(maxFrames: number): Promise<Frame[]> {
    if (!this.#placed) {
      await this.#reader.seek((frame) => comparePositions(endOf(frame), this.#after) <= 0);
      this.#placed = true;
    }
    return this.#reader.next(maxFrames);
  }

  /** Goes on after another position, earlier or later. */
  seek(after: Position): void {
    this.#after = after;
    this.#placed = false;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
