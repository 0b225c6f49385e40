/**
 * Group commit: appends of one namespace that are asked for in the same turn of the event loop go to Redis as one
 * script call. Groups follow each other on one connection, so the frames of a caller stay in order.
 */
import { lastSeq, type Frame, type FrameId } from '@treeline/shared';
import type { AppendResult, FenceGuard, LogHead } from '../../ports/store.ts';

/** A script call holds Redis up while it runs; a group ends at about this many characters of bodies. */
const GROUP_CHARS = 1024 * 1024;

type SendGroup = (ns: string, args: readonly (string | number)[]) => Promise<string[]>;

interface Waiting {
  readonly frames: readonly Frame[];
  readonly fence: FenceGuard | undefined;
  readonly resolve: (results: AppendResult[]) => void;
  readonly reject: (error: unknown) => void;
}

export class AppendQueue {
  readonly #send: SendGroup;
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(send: SendGroup) {
    this.#send = send;
  }

  add(ns: string, frames: readonly Frame[], fence: FenceGuard | undefined): Promise<AppendResult[]> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) setImmediate(() => this.#flush());
      const queue = this.#waiting.get(ns);
      const one = { frames, fence, resolve, reject };
      if (queue === undefined) this.#waiting.set(ns, [one]);
      else queue.push(one);
    });
  }

  #flush(): void {
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const [ns, waiting] of all) for (const group of groupsOf(waiting)) void this.#sendGroup(ns, group);
  }

  async #sendGroup(ns: string, group: readonly Waiting[]): Promise<void> {
    try {
      const reply = await this.#send(ns, groupArgs(group));
      let at = 0;
      for (const { frames, resolve } of group) {
        resolve(frames.map((_, i) => parseResult(reply.slice((at + i) * 4, (at + i) * 4 + 4))));
        at += frames.length;
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

function groupsOf(waiting: readonly Waiting[]): Waiting[][] {
  const groups: Waiting[][] = [];
  let size = Infinity;
  for (const one of waiting) {
    const chars = one.frames.reduce((sum, frame) => sum + frame.body.length, 0);
    if (size + chars > GROUP_CHARS) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(one);
    size += chars;
  }
  return groups;
}

function groupArgs(group: readonly Waiting[]): (string | number)[] {
  const args: (string | number)[] = [group.length];
  for (const { frames, fence } of group) {
    args.push(fence?.name ?? '', fence?.value ?? 0, frames.length);
    for (const frame of frames) pushFrame(args, frame);
  }
  return args;
}

/** A frame as the scripts take it (take_frame in scripts/log.ts). */
export function pushFrame(args: (string | number)[], frame: Frame): void {
  args.push(frame.session, frame.epoch, frame.first, lastSeq(frame), frame.id, frame.kind, frame.body);
}

function parseResult([status = '', epoch = '', seq = '', frame = '']: readonly string[]): AppendResult {
  if (status === 'fenced') return { status };
  return { status: status as Exclude<AppendResult['status'], 'fenced'>, head: parseHead({ epoch, seq, frame }) };
}

export function parseHead(head: Readonly<Record<'epoch' | 'seq' | 'frame', string | null>>): LogHead {
  return {
    epoch: Number(head.epoch),
    seq: Number(head.seq),
    frame: head.frame === '' ? null : (head.frame as FrameId | null),
  };
}
