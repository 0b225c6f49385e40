/** Rooms of namespace /viewer. */
import type { SessionId } from '@treeline/shared';

/** Everybody who has the overview of a namespace. */
export function overviewRoom(ns: string): string {
  return `overview:${ns}`;
}

/** Everybody who has attached a session: changes of the session and its triggers. */
export function aboutRoom(ns: string, session: SessionId): string {
  return `about:${ns}:${session}`;
}

/** Share links that show this session alone, or it with everything below. */
export function shownRoom(ns: string, session: SessionId, what: 'one' | 'tree'): string {
  return `shown:${what}:${ns}:${session}`;
}

/** Those of them who have all frames so far: its log and its deltas. */
export function logRoom(ns: string, session: SessionId): string {
  return `log:${ns}:${session}`;
}
