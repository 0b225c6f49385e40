/** States that a well relay shows for a moment only, or never: still loading, not answering as it should. */
import type { BrowserContext } from 'playwright-core';
import type { Place } from './looks.ts';

/** Screens of a relay whose answers do not come. */
export const LOADING: readonly Place[] = [
  { name: 'inbox', path: '/inbox' },
  { name: 'sessions', path: '/sessions' },
  { name: 'session', path: '/s/ses_00000000000000000000000000' },
  { name: 'runners', path: '/runners' },
  { name: 'activity', path: '/activity' },
  { name: 'notifications', path: '/settings/notifications' },
  { name: 'sign-in-settings', path: '/settings/sign-in' },
  { name: 'devices', path: '/settings/devices' },
  { name: 'keys', path: '/settings/keys' },
  { name: 'people', path: '/settings/people' },
].map((place) => ({ ...place, ready: 'Loading' }));

/** Of what looks alike on many screens, these have a picture. */
export const TROUBLES: ReadonlySet<string> = new Set(
  ['loading-inbox', 'loading-session', 'loading-devices', 'failing-activity', 'failing-devices'].concat([
    'offline',
    'offline-session',
    'offline-runners',
    'offline-devices',
  ]),
);

const WHAT = 'The store of the relay does not answer';

/** Screens of a relay that has trouble of its own: what is wrong, what to do, and the number to ask its keeper with. */
export const FAILING: readonly Place[] = LOADING.filter(({ path }) => /^\/(activity|settings)/.test(path)).map(
  (place) => ({ ...place, ready: WHAT }),
);

/** What lets a page know who it is; everything else hangs or fails. */
const WHO = /\/auth\/(me|refresh)/;

/** Nothing but who one is comes back, over HTTP or the socket. */
export async function hang(context: BrowserContext): Promise<() => Promise<void>> {
  await context.routeWebSocket(/socket\.io/, () => undefined);
  const release: (() => void)[] = [];
  await context.route('**/api/v1/**', async (route) => {
    if (WHO.test(route.request().url())) return route.continue();
    await new Promise<void>((resolve) => release.push(resolve));
    return route.abort().catch(() => undefined);
  });
  return async () => {
    for (const one of release.splice(0)) one();
    await context.unrouteAll({ behavior: 'ignoreErrors' });
  };
}

export async function fail(context: BrowserContext): Promise<() => Promise<void>> {
  await context.route('**/api/v1/**', (route) =>
    WHO.test(route.request().url())
      ? route.continue()
      : route.fulfill({
          status: 503,
          json: {
            error: {
              code: 'unavailable',
              message: WHAT,
              hint: 'Look at its health; what was acknowledged is kept.',
              requestId: 'req_01m8jv9kjp',
            },
          },
        }),
  );
  return () => context.unrouteAll({ behavior: 'ignoreErrors' });
}

/** A log whose beginning the relay no longer has: what a page is told of it is changed on its way. */
export async function forgetBeginnings(context: BrowserContext): Promise<void> {
  await context.routeWebSocket(/socket\.io/, (ws) => {
    const relay = ws.connectToServer();
    relay.onMessage((message) =>
      ws.send(String(message).replaceAll('"earlier":false', '"earlier":false,"removed":{"epoch":1,"seq":1}')),
    );
  });
}
