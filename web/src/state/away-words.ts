/** Why the relay is not heard, as people read it. */
import type { Away } from './world.ts';

export interface AwayWords {
  readonly what: string;
  readonly next: string;
}

const WORDS: Readonly<Record<Away, AwayWords>> = {
  no_network: { what: 'no network', next: 'goes on by itself when it is back' },
  restarting: { what: 'the relay is restarting', next: 'a few seconds' },
  silent: { what: 'the relay does not answer', next: 'trying again' },
};

export function awayWords(away: Away): AwayWords {
  return WORDS[away];
}

/** Why nothing can be answered now; undefined when it can. */
export function whyNotNow(link: 'connecting' | 'online' | 'offline'): string | undefined {
  if (link === 'online') return undefined;
  return link === 'connecting'
    ? 'Asking the relay whether this still waits …'
    : 'Offline: answers wait until the relay is back, since somebody else may have answered meanwhile.';
}
