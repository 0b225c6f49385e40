/**
 * Which sessions somebody watches, on this relay or on another one. Each relay tells the others by hints, again and again
 * while it lasts, so that a relay that died is forgotten.
 */
import type { SessionId } from '@treeline/shared';
import type { Hints } from '../ports/hints.ts';

const TELL_EVERY_MS = 20_000;
const FORGET_AFTER_MS = 60_000;

export interface WatchesOptions {
  readonly hints: Hints;
  readonly relayId: string;
  /** Hears when a session begins or ceases to be watched anywhere. */
  readonly onChange: (ns: string, session: SessionId, on: boolean) => void;
}

interface Watch {
  readonly ns: string;
  readonly session: SessionId;
  /** Relay → until when its word counts. */
  readonly by: Map<string, number>;
}

export class Watches {
  readonly #options: WatchesOptions;
  readonly #watches = new Map<string, Watch>();
  readonly #stopListening: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(options: WatchesOptions) {
    this.#options = options;
    this.#stopListening = options.hints.listen((hint) => {
      if (hint.type === 'watch') this.#heard(hint);
    });
    this.#timer = setInterval(() => this.#tellAgain(), TELL_EVERY_MS).unref();
  }

  /** On this relay the first viewer came, or the last one went. */
  set(ns: string, session: SessionId, on: boolean): void {
    const { hints, relayId } = this.#options;
    hints.emit({ ns, type: 'watch', session, relayId, on });
  }

  isWatched(ns: string, session: SessionId): boolean {
    return this.#watches.has(keyOf(ns, session));
  }

  isWatchedElsewhere(ns: string, session: SessionId): boolean {
    const by = this.#watches.get(keyOf(ns, session))?.by;
    return by !== undefined && by.size > (by.has(this.#options.relayId) ? 1 : 0);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopListening();
  }

  #heard({ ns, session, relayId, on }: { ns: string; session: SessionId; relayId: string; on: boolean }): void {
    const key = keyOf(ns, session);
    const watch = this.#watches.get(key) ?? { ns, session, by: new Map<string, number>() };
    const was = watch.by.size > 0;
    if (on) watch.by.set(relayId, Date.now() + FORGET_AFTER_MS);
    else watch.by.delete(relayId);
    this.#settle(key, watch, was);
  }

  #settle(key: string, watch: Watch, was: boolean): void {
    const is = watch.by.size > 0;
    if (is) this.#watches.set(key, watch);
    else this.#watches.delete(key);
    if (is !== was) this.#options.onChange(watch.ns, watch.session, is);
  }

  #tellAgain(): void {
    const { relayId } = this.#options;
    const now = Date.now();
    for (const [key, watch] of this.#watches) {
      if (watch.by.has(relayId)) this.set(watch.ns, watch.session, true);
      for (const [relay, until] of watch.by) if (until < now) watch.by.delete(relay);
      this.#settle(key, watch, true);
    }
  }
}

function keyOf(ns: string, session: SessionId): string {
  return `${ns}/${session}`;
}
