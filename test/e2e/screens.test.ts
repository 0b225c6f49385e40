/** The list of screens that are looked at holds every address that the viewer has. */
import { expect, test } from 'vitest';
import { EMPTY_SCREENS, ENTRANCES, SCREENS } from './screens.ts';
import type { Staged } from './staging.ts';

type Made = string | ((...given: never[]) => string);
/** Of the viewer's own source, which is a project of its own. */
const VIEWER = new URL('../../web/src/paths.ts', import.meta.url).href;
const { paths } = (await import(VIEWER)) as {
  paths: Readonly<Record<string, Made>> & { readonly home: string; readonly share: string };
};

const HOST = 'http://treeline.test';
/** Leads on to the inbox or the sessions, and shows nothing itself. */
const LEADS_ON: readonly string[] = [paths.home];
const SOME = { view: 'status', q: 'q', state: 's', runner: 'r', label: 'l' } as const;

/** An address as a route and the names of its query: what is one of many stands as `x`. */
function shapes(address: string): string[] {
  const { pathname, searchParams } = new URL(address, HOST);
  const route = pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname;
  return [route, ...[...searchParams.keys()].filter((name) => name !== 'view').map((name) => `${route}?${name}`)];
}

test('every screen of the viewer is looked at, and with everything that its address may say', () => {
  const staged = new Proxy({}, { get: (_, name) => (name === 'shared' ? paths.share : 'x') }) as Staged;
  const looked = new Set(
    [...ENTRANCES, ...EMPTY_SCREENS, ...SCREENS]
      .map(({ path }) => (typeof path === 'string' ? path : path(staged)))
      .flatMap((address) => shapes(address)),
  );
  const addresses = Object.values(paths).map((made) =>
    typeof made === 'string' ? made : made(...((made === paths.sessionsBy ? [SOME] : ['x', 'x']) as never[])),
  );
  const known = new Set(addresses.flatMap((address) => shapes(address)));
  expect(known.size).toBeGreaterThan(20);
  expect([...known].filter((shape) => !looked.has(shape) && !LEADS_ON.includes(shape))).toEqual([]);
});
