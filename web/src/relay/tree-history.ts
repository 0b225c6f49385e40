/** The facts of every log of a tree, read once and then only what is new. */
import type { FactRecord, Position, SessionId } from '@treeline/shared';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { formatPosition, START } from '../state/position.ts';
import { recordsOf } from '../state/records.ts';
import type { Ask } from './http.ts';

const PAGE = 500;
/** A longer log is read from its end. */
const MOST_PAGES = 20;
const AT_ONCE = 4;

export type Facts = ReadonlyMap<string, readonly FactRecord[]>;

export class TreeHistory {
  readonly store: StoreApi<Facts> = createStore(() => new Map() as Facts);
  readonly #request: Ask;
  readonly #cursors = new Map<string, Position>();
  #reading: Promise<void> = Promise.resolve();

  constructor(request: Ask) {
    this.#request = request;
  }

  /** Reads what these sessions have said since they were read last. Rejects when the relay does not answer. */
  read(sessions: readonly SessionId[]): Promise<void> {
    // One reading after the other: two at once would take the same facts in twice.
    this.#reading = this.#reading.catch(() => undefined).then(() => this.#all(sessions));
    return this.#reading;
  }

  async #all(sessions: readonly SessionId[]): Promise<void> {
    const rest = [...sessions];
    const readers = Array.from({ length: AT_ONCE }, async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) await this.#one(next);
    });
    await Promise.all(readers);
  }

  async #one(session: SessionId): Promise<void> {
    const fresh: FactRecord[] = [];
    let cursor = this.#cursors.get(session) ?? START;
    for (let page = 0; page < MOST_PAGES; page++) {
      const read = await this.#request('readLog', {
        params: { id: session },
        // The declaration parses the text into a position; on the wire it is the text.
        query: { after: formatPosition(cursor) as never, limit: PAGE, kind: 'fact' },
      });
      fresh.push(...read.frames.flatMap(recordsOf).map(({ record }) => record as FactRecord));
      const [epoch = 0, seq = 0] = read.next.split('-').map(Number);
      const stays = epoch === cursor.epoch && seq === cursor.seq;
      cursor = { epoch, seq };
      if (stays || (epoch === read.head.epoch && seq >= read.head.seq)) break;
    }
    this.#cursors.set(session, cursor);
    if (fresh.length === 0) return;
    this.store.setState((facts) => new Map(facts).set(session, [...(facts.get(session) ?? []), ...fresh]), true);
  }
}
