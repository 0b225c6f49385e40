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
export declare const paths: {
  readonly home: '/';
  readonly inbox: '/inbox';
  readonly trigger: (id: string) => string;
  readonly sessions: (view?: SessionsView) => string;
  /** The list with what narrows it; what is not said is left out. */
  readonly sessionsBy: (by: SessionsBy) => string;
  readonly session: (id: string, tab?: SessionTab) => string;
  /** A session's tree, drawn in one way. */
  readonly treeAs: (id: string, view: TreeView) => string;
  /** One entry of a session's transcript. */
  readonly entry: (id: string, position: string) => string;
  readonly spawn: '/new';
  /** A new session under another one. */
  readonly spawnBelow: (parent: string) => string;
  /** The sheet filled in as for a session that there was. */
  readonly spawnAgain: (of: string) => string;
  readonly runners: '/runners';
  readonly runner: (id: string, tab?: RunnerTab) => string;
  readonly addRunner: '/runners/add';
  readonly settings: '/settings';
  readonly notifications: '/settings/notifications';
  readonly signInSettings: '/settings/sign-in';
  readonly devices: '/settings/devices';
  readonly keys: '/settings/keys';
  readonly people: '/settings/people';
  readonly activity: '/activity';
  readonly login: '/login';
  /** Where the browser comes back to from another place to sign in at. */
  readonly oidc: '/oidc';
  /** Followed by #CODE, too. */
  readonly setUp: '/setup';
  /** Followed by #CODE; the fragment never leaves the browser. */
  readonly pair: '/pair';
  /** Followed by /#SECRET; what a link shows has its addresses below it. */
  readonly share: '/share';
};
/** What the relay and the viewer's own files are found at. */
export declare const relayAt: {
  /** Followed by the path of an endpoint. */
  readonly api: '/api/v1';
  readonly apiDescription: '/api/openapi.json';
  /** For the service worker, which has no client of the API. */
  readonly pushSeen: '/api/v1/notifications/seen';
  readonly pushDevices: '/api/v1/notifications/devices';
  readonly respond: (trigger: string) => string;
  /** A namespace of Socket.IO. */
  readonly viewer: '/viewer';
  readonly worker: '/sw.js';
  /** What is no page, though a browser goes there. */
  readonly others: RegExp;
};
export declare const files: {
  readonly page: '/index.html';
  readonly icon: '/icon.svg';
  readonly notificationIcon: '/icon-192.png';
  readonly notificationBadge: '/badge-96.png';
};
/** An address of this page, and not of another host. */
export declare function isOwn(path: unknown): path is string;
/** Which addresses belong to an area. */
export declare const areas: {
  readonly inbox: RegExp;
  readonly sessions: RegExp;
  readonly session: RegExp;
  readonly spawn: RegExp;
  readonly runners: RegExp;
  readonly settings: RegExp;
};
/** The same as patterns, for the router. */
export declare const patterns: {
  readonly trigger: '/inbox/:id';
  readonly session: '/s/:id';
  readonly runner: '/runners/:id';
};
