/** Whose session it is and of which tree, remembered briefly: asked for each packet and each push, changed only by deletion. */
import { type Position, type SessionId, TreelineError } from '@treeline/shared';
import type { SessionRecord } from '../domain/records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Link } from './services.ts';

const FOR_MS = 5000;
const MAX = 10_000;

/** Something that a link may write to. */
export interface Owned {
  /** The root of its tree. */
  readonly rootId: SessionId;
  /** Its log is sent again until there. */
  readonly refillUntil?: Position;
}

export class Ownership {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #known = new Map<string, Owned & { readonly until: number }>();

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Undefined when the session is not on the runner of this link. */
  async find(link: Link, id: SessionId): Promise<Owned | undefined> {
    const key = `${link.ns}/${link.runnerId}/${id}`;
    const now = this.#clock.now();
    const known = this.#known.get(key);
    if (known !== undefined && known.until > now) return known;
    const stored = await this.#store.get<SessionRecord>(link.ns, { kind: 'session', id });
    if (stored?.value.runnerId !== link.runnerId) return undefined;
    if (this.#known.size >= MAX) this.#known.clear();
    const { rootId, refill } = stored.value;
    const found = { rootId, until: now + FOR_MS, ...(refill === undefined ? {} : { refillUntil: refill.until }) };
    this.#known.set(key, found);
    return found;
  }

  forget(): void {
    this.#known.clear();
  }

  /** Throws not_yours. */
  async mustFind(link: Link, id: SessionId): Promise<Owned> {
    const found = await this.find(link, id);
    if (found === undefined) throw new TreelineError('not_yours', `Session ${id} is not on this runner`);
    return found;
  }
}
