/** Follows one session's log: attaches from its cursor as often as the link comes back, and gathers what arrives into few changes. */
import type { Frame, Position, SessionId, SessionUpdate, SessionView } from '@treeline/shared';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { START } from '../state/position.ts';
import type { Transcript } from '../state/rows.ts';
import { begin, EMPTY, extend, withDelta } from '../state/transcript.ts';
import type { Ask } from './http.ts';
import type { KeptView } from './kept-view.ts';
import type { Link } from './link.ts';

/** Frames of the first view; each holds up to some hundred entries. */
const FIRST_TAIL = 60;
const PAGE = 500;
const HIDDEN_PAUSE_MS = 250;
/** A change that took in more is a flood, which nobody reads as it comes: the next change waits. */
const FLOOD = { chars: 1_000, updates: 20 } as const;
const FLOOD_PAUSE_MS = 100;
const KEEP_EVERY_MS = 5_000;

export interface Followed {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly problem: unknown;
  readonly transcript: Transcript;
  readonly loadingEarlier: boolean;
}

interface Delta {
  readonly after: Position;
  readonly updates: readonly SessionUpdate[];
}

export interface FollowerOptions {
  readonly session: SessionId;
  readonly link: Link;
  readonly request: Ask;
  /** Absent: nothing of it stays in this browser. */
  readonly kept: KeptView | undefined;
  readonly onSession: (session: SessionView) => void;
}

export class Follower {
  readonly session: SessionId;
  readonly store: StoreApi<Followed>;
  readonly #link: Link;
  readonly #request: Ask;
  readonly #kept: KeptView | undefined;
  readonly #onSession: (session: SessionView) => void;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  /** What is shown is from an earlier page: the first answer of the relay replaces it. */
  #restored = false;
  #frames: Frame[] = [];
  #deltas: Delta[] = [];
  #flushing = false;
  #flood = false;
  #attached = false;
  #closed = true;

  constructor(options: FollowerOptions) {
    this.session = options.session;
    this.#link = options.link;
    this.#request = options.request;
    this.#kept = options.kept;
    this.#onSession = options.onSession;
    this.store = createStore(() => ({
      state: 'loading' as const,
      problem: undefined,
      transcript: EMPTY,
      loadingEarlier: false,
    }));
  }

  open(): void {
    this.#closed = false;
    if (!this.#link.isUp) void this.#restore();
    void this.attach();
  }

  /** Begins, or goes on after a break. */
  async attach(): Promise<void> {
    if (this.#closed || !this.#link.isUp) return;
    const { transcript, state } = this.store.getState();
    const isFirst = state !== 'ready' || this.#restored;
    this.#attached = false;
    try {
      const reply = await this.#link.ask('attach', {
        session: this.session,
        ...(isFirst ? { tail: FIRST_TAIL } : { after: transcript.cursor }),
      });
      if (this.#closed) return;
      const fresh = isFirst || reply.resync;
      const next = fresh
        ? { transcript: begin(reply.frames, reply), gap: false }
        : extend({ ...this.store.getState().transcript, live: [] }, reply.frames);
      this.#attached = true;
      this.#restored = false;
      this.#onSession(reply.session);
      this.store.setState({ state: 'ready', problem: undefined, transcript: next.transcript });
      this.#keep();
      this.#schedule();
    } catch (problem) {
      if (!this.#closed && isFirst && !this.#restored) this.store.setState({ state: 'failed', problem });
    }
  }

  /** Loads what lies before the first row: the last 500 frames, then everything. */
  async loadEarlier(): Promise<void> {
    if (this.store.getState().loadingEarlier) return;
    this.store.setState({ loadingEarlier: true });
    try {
      const before = this.store.getState().transcript.rows.length;
      const tail = await this.#request('readLog', { params: { id: this.session }, query: { tail: PAGE } });
      const { frames, removed } = tail;
      let whole = begin(frames, { earlier: removed === undefined && !isWhole(frames), removed });
      if (whole.earlier && whole.rows.length <= before) whole = await this.#everything();
      this.store.setState({ transcript: whole });
      await this.attach();
    } finally {
      this.store.setState({ loadingEarlier: false });
    }
  }

  take(frames: readonly Frame[]): void {
    this.#frames.push(...frames);
    this.#schedule();
  }

  takeDelta(delta: Delta): void {
    this.#deltas.push(delta);
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    if (this.#keeping !== undefined) this.#keep();
    if (this.#link.isUp) this.#link.ask('detach', { session: this.session }).catch(() => undefined);
  }

  /** What an earlier page saw of it, while there is no relay. */
  async #restore(): Promise<void> {
    const transcript = await this.#kept?.log(this.session);
    if (transcript === undefined || this.#closed || this.store.getState().state === 'ready') return;
    this.#restored = true;
    this.store.setState({ state: 'ready', problem: undefined, transcript });
  }

  #keepSoon(): void {
    this.#keeping ??= setTimeout(() => this.#keep(), KEEP_EVERY_MS);
  }

  #keep(): void {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    const { state, transcript } = this.store.getState();
    if (state === 'ready' && !this.#restored) void this.#kept?.keepLog(this.session, transcript);
  }

  async #everything(): Promise<Transcript> {
    const frames: Frame[] = [];
    let removed: Position | undefined;
    for (let after = START; ;) {
      const page = await this.#request('readLog', {
        params: { id: this.session },
        query: { after: `${after.epoch}-${after.seq}`, limit: PAGE } as never,
      });
      frames.push(...page.frames);
      removed ??= page.removed;
      const [epoch = 0, seq = 0] = page.next.split('-').map(Number);
      if (page.frames.length < PAGE) return begin(frames, { earlier: false, removed });
      after = { epoch, seq };
    }
  }

  /** Once a frame, and in a flood ten times a second, so that the page has time for the person. */
  #schedule(): void {
    if (this.#flushing || this.#closed) return;
    this.#flushing = true;
    if (document.hidden) setTimeout(() => this.#flush(), HIDDEN_PAUSE_MS);
    else if (this.#flood) setTimeout(() => this.#nextFrame(), FLOOD_PAUSE_MS);
    else this.#nextFrame();
  }

  #nextFrame(): void {
    // A page out of sight has no frames.
    if (document.hidden) this.#flush();
    else requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#closed || !this.#attached) return;
    const frames = this.#frames;
    const deltas = this.#deltas;
    this.#flood =
      frames.reduce((sum, { body }) => sum + body.length, 0) > FLOOD.chars ||
      deltas.reduce((sum, { updates }) => sum + updates.length, 0) > FLOOD.updates;
    this.#frames = [];
    this.#deltas = [];
    const before = this.store.getState().transcript;
    const { transcript, gap } = extend(before, frames);
    const next = deltas.reduce(withDelta, transcript);
    if (next !== before) {
      this.store.setState({ transcript: next });
      this.#keepSoon();
    }
    if (gap) void this.attach();
  }
}

function isWhole(frames: readonly Frame[]): boolean {
  const first = frames[0];
  return first === undefined || (first.epoch === 1 && first.first === 1);
}
