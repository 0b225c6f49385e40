/** Every screen of the viewer: looked at by axe and shown in docs/img. */
import type { Staged } from './staging.ts';

export interface Screen {
  readonly name: string;
  readonly path: (staged: Staged) => string;
  /** Words that are there when it is. */
  readonly ready: string;
}

interface EmptyScreen extends Omit<Screen, 'path'> {
  readonly path: string;
}

/** Without a runner, a session or a question. */
export const EMPTY_SCREENS: readonly EmptyScreen[] = [
  { name: 'inbox', path: '/inbox', ready: 'No agent is at work' },
  { name: 'sessions', path: '/sessions', ready: 'No sessions yet' },
  { name: 'new', path: '/new', ready: 'No machine to run it on' },
  { name: 'runners', path: '/runners', ready: 'No runners yet' },
  { name: 'settings', path: '/settings', ready: 'Appearance' },
  { name: 'notifications', path: '/settings/notifications', ready: 'No device gets pushes yet' },
  { name: 'sign-in-settings', path: '/settings/sign-in', ready: 'You have none' },
  { name: 'devices', path: '/settings/devices', ready: 'this one' },
  { name: 'keys', path: '/settings/keys', ready: 'It may' },
  { name: 'people', path: '/settings/people', ready: 'here for' },
  { name: 'activity', path: '/activity', ready: 'signed in' },
  { name: 'unknown-session', path: '/s/ses_00000000000000000000000000', ready: 'There is no session' },
  { name: 'unknown-address', path: '/nowhere', ready: 'nothing at this address' },
];

/** With what stage() has set up. */
export const SCREENS: readonly Screen[] = [
  { name: 'inbox', path: () => '/inbox', ready: 'Which one shall the API use' },
  { name: 'permission', path: ({ danger }) => `/inbox/${danger}`, ready: 'rm -rf /var/cache/build' },
  { name: 'sessions', path: () => '/sessions', ready: 'Watch the error budget' },
  { name: 'tree', path: () => '/sessions?view=tree', ready: 'Test matrix' },
  { name: 'session', path: ({ tests }) => `/s/${tests}`, ready: 'All six combinations pass' },
  { name: 'root', path: ({ release }) => `/s/${release}`, ready: 'Changelog drafted' },
  { name: 'session-list', path: ({ release }) => `/s/${release}?tab=tree&as=list`, ready: 'Test matrix' },
  { name: 'session-picture', path: ({ release }) => `/s/${release}?tab=tree&as=picture`, ready: 'question waits' },
  {
    name: 'session-timeline',
    path: ({ release }) => `/s/${release}?tab=tree&as=timeline`,
    ready: 'waits for an answer',
  },
  { name: 'session-info', path: ({ release }) => `/s/${release}?tab=info`, ready: 'State since' },
  { name: 'failed', path: ({ failed }) => `/s/${failed}`, ready: 'exit code 3' },
  { name: 'new', path: () => '/new', ready: 'Task' },
  { name: 'runners', path: () => '/runners', ready: 'kitchen-pi' },
  { name: 'add-runner', path: () => '/runners/add', ready: 'treeline runner join' },
  { name: 'settings', path: () => '/settings', ready: 'Appearance' },
  { name: 'notifications', path: () => '/settings/notifications', ready: 'This device' },
  { name: 'sign-in-settings', path: () => '/settings/sign-in', ready: 'You have none' },
  { name: 'devices', path: () => '/settings/devices', ready: 'this one' },
  { name: 'keys', path: () => '/settings/keys', ready: 'It may' },
  { name: 'people', path: () => '/settings/people', ready: 'here for' },
  { name: 'shared', path: ({ shared }) => shared, ready: 'read only' },
  { name: 'activity', path: () => '/activity', ready: 'signed in' },
];
