/** What a share link shows: the same feed, with the link's own secret instead of a sign-in, and nothing kept in this browser. */
import type { ShareView } from '@treeline/shared';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { NOTHING } from '../state/world.ts';
import { Feed } from './feed.ts';
import { requestAs } from './http.ts';
import { RelayProblem } from './problem.ts';

/** over: it has run out or was ended, or never was one. */
export type Opened =
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly share: ShareView }
  | { readonly state: 'over' }
  | { readonly state: 'failed'; readonly problem: unknown };

export class SharedView {
  readonly feed: Feed;
  readonly store: StoreApi<Opened> = createStore((): Opened => ({ state: 'opening' }));
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
    this.feed = new Feed({
      world: createStore(() => NOTHING),
      request: requestAs(secret),
      secret,
      // What is not in the overview is not shown any more.
      onOverview: async ({ sessions }) => sessions.forEach((id) => this.feed.sessionGone(id)),
      // The overview of a link is all that it shows.
      loadAround: async () => undefined,
      onSignedOut: () => this.#over(),
    });
  }

  async open(): Promise<void> {
    this.store.setState({ state: 'opening' }, true);
    const request = requestAs(this.#secret);
    try {
      const [share, me] = await Promise.all([request('getShare', {}), request('whoAmI', {})]);
      this.feed.change((world) => ({ ...world, access: 'signed_in', me }));
      this.store.setState({ state: 'open', share }, true);
      this.feed.open();
    } catch (problem) {
      const refused = problem instanceof RelayProblem && REFUSALS.has(problem.code);
      if (refused) this.#over();
      else this.store.setState({ state: 'failed', problem }, true);
    }
  }

  close(): void {
    this.feed.close();
  }

  #over(): void {
    this.feed.close();
    this.feed.change(() => NOTHING);
    this.store.setState({ state: 'over' }, true);
  }
}

/** not_found: the link is there and its session is not. */
const REFUSALS: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'not_found']);
