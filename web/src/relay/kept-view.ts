/** Keeps the last view of the world and of the logs that were read, and gives it back when there is no relay. */
import type { SessionId } from '@treeline/shared';
import type { StoreApi } from 'zustand/vanilla';
import { lastRows } from '../state/last-rows.ts';
import type { Transcript } from '../state/rows.ts';
import { fromSaved, toSaved, type SavedWorld } from '../state/saved-world.ts';
import type { World } from '../state/world.ts';
import { relayNow } from './clock.ts';
import type { Saved } from './saved.ts';

const PAUSE_MS = 1_500;
/** How much of a log is kept: to write more of it holds the page up. */
const END_OF_LOG = { count: 300, chars: 200_000 } as const;
/** Logs that are kept. */
const LOGS = 20;
const WORLD = 'world';
const LOG = 'log:';

interface SavedLog {
  readonly at: number;
  readonly transcript: Transcript;
}

export class KeptView {
  readonly #saved: Saved;
  readonly #world: StoreApi<World>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(saved: Saved, world: StoreApi<World>) {
    this.#saved = saved;
    this.#world = world;
    world.subscribe(() => this.#soon());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.#write();
    });
  }

  /** The last view of whoever is signed in here; undefined when nothing was kept. */
  async world(): Promise<World | undefined> {
    const saved = await this.#saved.get<SavedWorld>(WORLD);
    return saved === undefined ? undefined : fromSaved(saved);
  }

  async log(session: SessionId): Promise<Transcript | undefined> {
    return (await this.#saved.get<SavedLog>(LOG + session))?.transcript;
  }

  /** The end of a log, among the last twenty that were read. */
  async keepLog(session: SessionId, transcript: Transcript): Promise<void> {
    const rows = lastRows(transcript.rows, END_OF_LOG);
    const kept = { ...transcript, rows, live: [], earlier: transcript.earlier || rows.length < transcript.rows.length };
    await this.#saved.set(LOG + session, { at: Date.now(), transcript: kept } satisfies SavedLog);
    const logs = (await this.#saved.keys()).filter((key) => key.startsWith(LOG));
    if (logs.length <= LOGS) return;
    const dated = await Promise.all(
      logs.map(async (key) => ({ key, at: (await this.#saved.get<SavedLog>(key))?.at ?? 0 })),
    );
    const oldest = dated.toSorted((a, b) => a.at - b.at).slice(0, logs.length - LOGS);
    await Promise.all(oldest.map(({ key }) => this.#saved.remove(key)));
  }

  /** Forgets everything that was seen, also what was about to be kept. */
  async wipe(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#saved.wipe();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#write(), PAUSE_MS);
  }

  /** Only what is known to be so: what is shown while the relay is away is kept already. */
  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const world = this.#world.getState();
    if (world.link !== 'online' || !world.loaded || world.access !== 'signed_in') return;
    void this.#saved.set(WORLD, toSaved(world, relayNow()));
  }
}
