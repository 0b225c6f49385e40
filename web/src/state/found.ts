/** What the palette finds: sessions by title, then by id and agent, the urgent ones first, then things to do and places to go. */
import type { SessionView } from '@treeline/shared';
import { STATUS_WORDS, urgency } from './words.ts';

export interface Found {
  readonly key: string;
  readonly text: string;
  /** What is behind it in a word: a state, or that it is a screen. */
  readonly hint: string;
  readonly path: string;
}

export interface Place {
  readonly text: string;
  readonly path: string;
}

const MOST = 12;

export function find(
  query: string,
  {
    sessions,
    places,
    pathOf,
  }: { sessions: Iterable<SessionView>; places: readonly Place[]; pathOf: (id: string) => string },
): Found[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  /** Whoever types letters of a title means it, rather than an agent of that name. */
  const misses = ({ title }: SessionView) => (fits(title) ? 0 : 1);
  const screens = places
    .filter(({ text }) => fits(text))
    .map(({ text, path }): Found => ({ key: path, text, hint: 'screen', path }));
  const found = [...sessions]
    .filter(({ title, id, agent }) => fits(`${title} ${id} ${agent}`))
    .toSorted((a, b) => misses(a) - misses(b) || urgency(a.status) - urgency(b.status) || b.createdAt - a.createdAt)
    .map(({ id, title, status }): Found => ({
      key: id,
      text: title,
      hint: STATUS_WORDS[status].text,
      path: pathOf(id),
    }));
  return (words.length === 0 ? [...screens, ...found] : [...found, ...screens]).slice(0, MOST);
}
