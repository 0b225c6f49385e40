/** Whose session it is, remembered briefly: asked for each packet and each push, changed only by deletion. */
import { type SessionId, TreelineError } from '@treeline/shared';
import type { SessionRecord } from '../domain/records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Link } from './services.ts';

const FOR_MS = 5000;
const MAX = 10_000;

export class Ownership {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  async isOn(link: Link, id: SessionId): Promise<boolean> {
    const key = `${link.ns}/${link.runnerId}/${id}`;
    const now = this.#clock.now();
    if ((this.#until.get(key) ?? 0) > now) return true;
    const stored = await this.#store.get<SessionRecord>(link.ns, { kind: 'session', id });
    if (stored?.value.runnerId !== link.runnerId) return false;
    if (this.#until.size >= MAX) this.#until.clear();
    this.#until.set(key, now + FOR_MS);
    return true;
  }

  forget(): void {
    this.#until.clear();
  }

  /** Throws not_yours. */
  async mustBeOn(link: Link, id: SessionId): Promise<void> {
    if (!(await this.isOn(link, id))) throw new TreelineError('not_yours', `Session ${id} is not on this runner`);
  }
}
