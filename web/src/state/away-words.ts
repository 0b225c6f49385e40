/** Why the relay is not heard, as people read it. */
import type { Away } from './world.ts';

export interface AwayWords {
  readonly what: string;
  readonly next: string;
}

const WORDS: Readonly<Record<Away, AwayWords>> = {
  no_network: { what: 'No network', next: 'goes on by itself when it is back' },
  restarting: { what: 'The relay is restarting', next: 'a few seconds' },
  silent: { what: 'The relay does not answer', next: 'trying again' },
};

export function awayWords(away: Away): AwayWords {
  return WORDS[away];
}

/** Why nothing can be answered now; undefined when it can. */
export function whyNotNow(link: 'connecting' | 'online' | 'offline'): string | undefined {
  if (link === 'online') return undefined;
  return link === 'connecting'
    ? 'Asking the relay whether this still waits …'
    : 'This may be out of date: somebody else may have answered. It can be answered again as soon as the relay is heard.';
}
