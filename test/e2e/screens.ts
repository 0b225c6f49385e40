/** Every screen of the viewer: looked at by axe and shown in docs/img. */
import type { Page } from 'playwright-core';
import type { Place } from './looks.ts';
import type { Staged } from './staging.ts';

export interface Screen extends Omit<Place, 'path'> {
  readonly path: (staged: Staged) => string;
}

/** For whoever is not signed in. */
export const ENTRANCES: readonly Place[] = [
  { name: 'login', path: '/login', ready: 'One-time code' },
  { name: 'setup', path: '/setup', ready: 'Set up your access' },
  { name: 'pair-refused', path: '/pair#AAAA-AAAA', ready: 'this code is wrong' },
  { name: 'oidc-refused', path: '/oidc', ready: 'There is no answer in this address', unpictured: true },
  { name: 'share-refused', path: '/share/', ready: 'This link is not whole' },
];

/** Without a runner, a session or a question. */
export const EMPTY_SCREENS: readonly Place[] = [
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
  { name: 'found-none', path: () => '/sessions?q=zzz&state=done', ready: 'Nothing found', unpictured: true },
  { name: 'of-runner', path: ({ runner }) => `/sessions?runner=${runner}`, ready: 'Release 2.3', unpictured: true },
  { name: 'of-label', path: () => '/sessions?label=a%3Db', ready: 'Nothing found', unpictured: true },
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
  { name: 'session-menu', path: ({ release }) => `/s/${release}`, ready: 'Changelog drafted', open: openMenu },
  { name: 'share-dialog', path: ({ release }) => `/s/${release}`, ready: 'Changelog drafted', open: openShare },
  { name: 'stop-dialog', path: ({ release }) => `/s/${release}`, ready: 'Changelog drafted', open: openStop },
  { name: 'palette', path: () => '/sessions', ready: 'Watch the error budget', open: openPalette },
  { name: 'key-help', path: () => '/sessions', ready: 'Watch the error budget', open: openKeys },
  { name: 'failed', path: ({ failed }) => `/s/${failed}`, ready: 'exit code 3' },
  { name: 'new', path: () => '/new', ready: 'Task' },
  { name: 'new-below', path: ({ release }) => `/new?parent=${release}`, ready: 'Task', unpictured: true },
  { name: 'new-again', path: ({ failed }) => `/new?again=${failed}`, ready: 'Task', unpictured: true },
  { name: 'runners', path: () => '/runners', ready: 'kitchen-pi' },
  { name: 'runner', path: ({ runner }) => `/runners/${runner}`, ready: 'kitchen-pi' },
  { name: 'runner-sessions', path: ({ runner }) => `/runners/${runner}?tab=sessions`, ready: 'Test matrix' },
  { name: 'runner-log', path: ({ runner }) => `/runners/${runner}?tab=log`, ready: 'worker' },
  { name: 'runner-doctor', path: ({ runner }) => `/runners/${runner}?tab=doctor`, ready: 'kitchen-pi' },
  { name: 'add-runner', path: () => '/runners/add', ready: 'treeline runner join' },
  { name: 'settings', path: () => '/settings', ready: 'Appearance' },
  { name: 'notifications', path: () => '/settings/notifications', ready: 'This device' },
  { name: 'sign-in-settings', path: () => '/settings/sign-in', ready: 'You have none' },
  { name: 'devices', path: () => '/settings/devices', ready: 'this one' },
  { name: 'keys', path: () => '/settings/keys', ready: 'It may' },
  { name: 'people', path: () => '/settings/people', ready: 'here for' },
  { name: 'shared', path: ({ shared }) => shared, ready: 'read only', alone: true },
  { name: 'activity', path: () => '/activity', ready: 'signed in' },
];

/** What a well tree shows seldom. */
export const RARE_SCREENS: readonly Screen[] = [
  { name: 'runner-copied', path: ({ copied }) => `/runners/${copied}`, ready: 'has this runner’s identity' },
];

/** Those that are open when the relay goes: what was known of them, and since when. */
export function offlineScreens(staged: Staged): readonly Place[] {
  return SCREENS.filter(
    ({ open, alone, unpictured }) => open === undefined && alone !== true && unpictured !== true,
  ).map(({ name, path }) => ({
    name: name === 'inbox' ? 'offline' : `offline-${name}`,
    path: path(staged),
    ready: 'Offline',
  }));
}

async function openMenu(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Share …' }).waitFor();
}

async function openShare(page: Page): Promise<void> {
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'Share …' }).click();
  await page.getByRole('button', { name: 'Make a link' }).waitFor();
}

async function openStop(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Stop this session' }).waitFor();
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Session or screen' }).fill('te');
  await page.getByRole('option').first().waitFor();
}

async function openKeys(page: Page): Promise<void> {
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
}
