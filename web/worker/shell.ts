/** The shell of the viewer, kept so that it starts at once and without a network: code and pictures, never data. */
import { files, relayAt } from '../src/paths.ts';

/** Written in by the build: every file of the viewer, and a name for this set of them. */
declare const SHELL: { readonly version: string; readonly files: readonly string[] };

const PREFIX = 'treeline-shell-';
const CACHE = `${PREFIX}${SHELL.version}`;
const FILES: ReadonlySet<string> = new Set(SHELL.files);

/** Everything or nothing: a shell with holes would break where nobody can mend it. */
export async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.files.map((path) => new Request(path, { cache: 'no-cache' })));
}

export async function dropOldShells(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  );
}

/** The answer from the shell, or undefined for what is the relay's to answer. */
export function fromShell(request: Request): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return undefined;
  if (FILES.has(pathname)) return kept(pathname, request);
  const isPage = request.mode === 'navigate' && !relayAt.others.test(pathname);
  return isPage ? kept(files.page, request) : undefined;
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}
