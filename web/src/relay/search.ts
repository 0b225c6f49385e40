/** Looks at the relay for sessions that the page does not know, while somebody types. */
import type { SessionView } from '@treeline/shared';
import { request } from './http.ts';

const FROM_CHARS = 2;
const AFTER_MS = 250;
const PAGE = 200;
const PAGES = 10;

export class Search {
  readonly #onFound: (sessions: readonly SessionView[]) => void;

  constructor(onFound: (sessions: readonly SessionView[]) => void) {
    this.#onFound = onFound;
  }

  /** Returns how to give it up. A search that the relay does not answer finds nothing more. */
  begin(words: string): () => void {
    if (words.trim().length < FROM_CHARS) return () => undefined;
    let wanted = true;
    const timer = setTimeout(() => void this.#run(words, () => wanted).catch(() => undefined), AFTER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }

  async #run(words: string, isWanted: () => boolean): Promise<void> {
    let after: string | undefined;
    for (let page = 0; page < PAGES && isWanted(); page++) {
      const query = { search: words, limit: PAGE, ...(after !== undefined && { after }) };
      const found = await request('listSessions', { query });
      this.#onFound(found.sessions);
      after = found.next;
      if (after === undefined) return;
    }
  }
}
