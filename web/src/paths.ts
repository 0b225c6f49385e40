/** Every address of the viewer, and where it finds what is not a screen. */

export type SessionTab = 'chat' | 'tree' | 'info';
export type RunnerTab = 'overview' | 'sessions' | 'log' | 'doctor';
export type TreeView = 'list' | 'picture' | 'timeline';
export type SessionsView = 'status' | 'tree';

/** What the address of the list of sessions says. */
export interface SessionsBy {
  readonly view: SessionsView;
  /** Words to search for. */
  readonly q: string;
  /** A group of states. */
  readonly state: string;
  readonly runner: string;
  /** `key=value` */
  readonly label: string;
}

export const paths = {
  home: '/',
  inbox: '/inbox',
  trigger: (id: string) => `/inbox/${id}`,
  sessions: (view?: SessionsView) => (view === undefined ? '/sessions' : `/sessions?view=${view}`),
  /** The list with what narrows it; what is not said is left out. */
  sessionsBy: (by: SessionsBy) => {
    const query = new URLSearchParams(Object.entries(by).filter(([, value]) => value !== '')).toString();
    return query === '' ? '/sessions' : `/sessions?${query}`;
  },
  session: (id: string, tab?: SessionTab) => (tab === undefined ? `/s/${id}` : `/s/${id}?tab=${tab}`),
  /** A session's tree, drawn in one way. */
  treeAs: (id: string, view: TreeView) => `/s/${id}?tab=tree&as=${view}`,
  /** One entry of a session's transcript. */
  entry: (id: string, position: string) => `/s/${id}#e-${position}`,
  spawn: '/new',
  /** A new session under another one. */
  spawnBelow: (parent: string) => `/new?parent=${parent}`,
  /** The sheet filled in as for a session that there was. */
  spawnAgain: (of: string) => `/new?again=${of}`,
  runners: '/runners',
  runner: (id: string, tab?: RunnerTab) => (tab === undefined ? `/runners/${id}` : `/runners/${id}?tab=${tab}`),
  addRunner: '/runners/add',
  settings: '/settings',
  notifications: '/settings/notifications',
  signInSettings: '/settings/sign-in',
  devices: '/settings/devices',
  keys: '/settings/keys',
  people: '/settings/people',
  activity: '/activity',
  login: '/login',
  /** Where the browser comes back to from another place to sign in at. */
  oidc: '/oidc',
  /** Followed by #CODE, too. */
  setUp: '/setup',
  /** Followed by #CODE; the fragment never leaves the browser. */
  pair: '/pair',
  /** Followed by /#SECRET; what a link shows has its addresses below it. */
  share: '/share',
} as const;

/** What the relay and the viewer's own files are found at. */
export const relayAt = {
  /** Followed by the path of an endpoint. */
  api: '/api/v1',
  apiDescription: '/api/openapi.json',
  /** For the service worker, which has no client of the API. */
  pushSeen: '/api/v1/notifications/seen',
  pushDevices: '/api/v1/notifications/devices',
  respond: (trigger: string) => `/api/v1/triggers/${encodeURIComponent(trigger)}/respond`,
  /** A namespace of Socket.IO. */
  viewer: '/viewer',
  worker: '/sw.js',
  /** What is no page, though a browser goes there. */
  others: /^\/(api|socket\.io|healthz|readyz|metrics)(\/|$)/,
} as const;

export const files = {
  page: '/index.html',
  icon: '/icon.svg',
  notificationIcon: '/icon-192.png',
  notificationBadge: '/badge-96.png',
} as const;

/** An address of this page, and not of another host. */
export function isOwn(path: unknown): path is string {
  return typeof path === 'string' && /^\/[^/\\]/.test(path);
}

/** Which addresses belong to an area. */
export const areas = {
  inbox: /^\/inbox/,
  sessions: /^\/(sessions|s)(\/|$)/,
  session: /^\/s\//,
  spawn: /^\/new/,
  runners: /^\/runners/,
  settings: /^\/(settings|activity)/,
} as const;

/** The same as patterns, for the router. */
export const patterns = {
  trigger: '/inbox/:id',
  session: '/s/:id',
  runner: '/runners/:id',
} as const;
