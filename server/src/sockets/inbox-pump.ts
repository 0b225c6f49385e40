/**
 * Brings one session's inbox to its runner: takes what follows the cursor, from the hint that told of it or else from the
 * store, sends it in order with one push in flight, and moves on when the runner has it on disk. What was not acknowledged
 * is sent again as it was.
 */
import type { InboxEntry, InboxKind, SessionId } from '@treeline/shared';
import { failpoint, isBlocking, TreelineError } from '@treeline/shared';
import { Receipts } from './receipts.ts';
import { WokenLoop } from './woken-loop.ts';

/** Which event carries an item. */
export type InboxEvent = 'inbox' | 'session_trigger' | 'trigger_response';

/** Characters of items that travel in one push, unless a single one is longer. */
const PUSH_CHARS = 256 * 1024;
/** Items that may wait in memory; the store has what comes after them. */
const OFFERED_MAX = 64;

export interface InboxPumpOptions {
  readonly session: SessionId;
  /** Last position on the runner's disk. */
  readonly from: number;
  readonly read: (after: number) => Promise<InboxEntry[]>;
  /** Resolves to the last position that the runner has on disk. */
  readonly push: (event: InboxEvent, entries: InboxEntry[]) => Promise<number>;
  /** Tells that these are on the runner's disk. */
  readonly delivered: (entries: readonly InboxEntry[]) => Promise<void>;
  readonly signal: AbortSignal;
  /** The session is not this runner's any more, or this link is not the runner's. */
  readonly gone: () => void;
  readonly onError: (error: unknown) => void;
}

export class InboxPump {
  readonly #options: InboxPumpOptions;
  readonly #loop: WokenLoop;
  readonly #receipts: Receipts;
  #cursor: number;
  /** Last position that is on its way, or the cursor. */
  #sending: number;
  /** What hints brought, in the order of the inbox. */
  #offered: InboxEntry[] = [];
  /** The store may have more than what was offered. */
  #hasMore = false;

  constructor(options: InboxPumpOptions) {
    this.#options = options;
    this.#cursor = this.#sending = options.from;
    this.#receipts = new Receipts({
      tell: (entries) => options.delivered(entries),
      signal: options.signal,
      onError: (error) => {
        if (!isFinal(error)) options.onError(error);
      },
    });
    this.#loop = new WokenLoop({
      work: () => this.#round(),
      signal: options.signal,
      onError: (error) => {
        if (isFinal(error)) {
          options.gone();
          return 'stop';
        }
        options.onError(error);
        return 'retry';
      },
    });
  }

  /** There may be items that nobody has offered. */
  wake(): void {
    this.#hasMore = true;
    this.#loop.wake();
  }

  /** There are these items, as the store has them. */
  offer(entries: readonly InboxEntry[]): void {
    for (const entry of entries) {
      const last = this.#offered.at(-1)?.position ?? this.#sending;
      if (entry.position === last + 1 && this.#offered.length < OFFERED_MAX) this.#offered.push(entry);
      else this.#hasMore ||= entry.position > last;
    }
    this.#loop.wake();
  }

  async #round(): Promise<void> {
    const offered = this.#offered;
    this.#offered = [];
    const isNext = offered[0]?.position === this.#cursor + 1;
    if (!isNext) this.#hasMore = false;
    const entries = isNext ? offered : await this.#options.read(this.#cursor);
    this.#sending = entries.at(-1)?.position ?? this.#cursor;
    if (entries.length === 0) return;
    try {
      for (const run of runsByEvent(entries)) await this.#send(run);
    } finally {
      this.#sending = this.#cursor;
    }
    // A page of the store may not have been the last one.
    if (!isNext || this.#hasMore) this.#loop.wake();
  }

  async #send({ event, entries }: Run): Promise<void> {
    const position = await this.#options.push(event, entries);
    FAILPOINT: failpoint('relay.inbox.received');
    const onDisk = entries.filter((entry) => entry.position <= position);
    // A notice is over when it is delivered, so it must not be forgotten; of a question that is only shown.
    const notices = onDisk.filter(isNotice);
    if (notices.length > 0) await this.#options.delivered(notices);
    this.#receipts.add(onDisk.filter((entry) => !isNotice(entry)));
    this.#cursor = onDisk.at(-1)?.position ?? this.#cursor;
    const missing = entries.length - onDisk.length;
    if (missing > 0)
      throw new TreelineError(
        'unavailable',
        `the runner has ${this.#options.session} up to ${position}, ${missing} items short`,
      );
  }
}

interface Run {
  readonly event: InboxEvent;
  readonly entries: InboxEntry[];
}

/** Neighbours that travel by the same event, in order and bounded in size. */
export function runsByEvent(entries: readonly InboxEntry[]): Run[] {
  const [only] = entries;
  if (only !== undefined && entries.length === 1) return [{ event: eventOf(only.item.kind), entries: [only] }];
  const runs: (Run & { chars: number })[] = [];
  for (const entry of entries) {
    const event = eventOf(entry.item.kind);
    const chars = JSON.stringify(entry).length;
    const run = runs.at(-1);
    if (run?.event === event && run.chars + chars <= PUSH_CHARS) {
      run.entries.push(entry);
      run.chars += chars;
    } else {
      runs.push({ event, entries: [entry], chars });
    }
  }
  return runs;
}

function isNotice({ item }: InboxEntry): boolean {
  return item.kind === 'trigger' && !isBlocking(item.type);
}

function eventOf(kind: InboxKind): InboxEvent {
  switch (kind) {
    case 'trigger':
    case 'trigger_closed':
      return 'session_trigger';
    case 'answer':
      return 'trigger_response';
    default:
      return 'inbox';
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof TreelineError && ['not_yours', 'not_found', 'stale_fence'].includes(error.code);
}
