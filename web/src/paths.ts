/** Every address of the viewer. */

export type SessionTab = 'chat' | 'tree' | 'info';
export type RunnerTab = 'overview' | 'sessions' | 'log' | 'doctor';
export type SessionsView = 'status' | 'tree';

export const paths = {
  home: '/',
  inbox: '/inbox',
  trigger: (id: string) => `/inbox/${id}`,
  sessions: (view?: SessionsView) => (view === undefined ? '/sessions' : `/sessions?view=${view}`),
  session: (id: string, tab?: SessionTab) => (tab === undefined ? `/s/${id}` : `/s/${id}?tab=${tab}`),
  /** One entry of a session's transcript. */
  entry: (id: string, position: string) => `/s/${id}#e-${position}`,
  spawn: '/new',
  runners: '/runners',
  runner: (id: string, tab?: RunnerTab) => (tab === undefined ? `/runners/${id}` : `/runners/${id}?tab=${tab}`),
  addRunner: '/runners/add',
  settings: '/settings',
  notifications: '/settings/notifications',
  activity: '/activity',
  login: '/login',
  /** Followed by #CODE, too. */
  setUp: '/setup',
  /** Followed by #CODE; the fragment never leaves the browser. */
  pair: '/pair',
} as const;

/** The same as patterns, for the router. */
export const patterns = {
  trigger: '/inbox/:id',
  session: '/s/:id',
  runner: '/runners/:id',
} as const;
