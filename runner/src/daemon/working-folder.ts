/** Where a session may work. Judged by real paths, so that no link leads out; final, whatever the relay says. */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { TreelineError, type SessionId } from '@treeline/shared';
import type { Home } from '../home/home.ts';

export interface FolderRules {
  readonly home: Pick<Home, 'path' | 'workspaces'>;
  /** Home of the user that the runner belongs to: `~`. */
  readonly userHome: string;
  /** Folders below which sessions may work; undefined: the user's home, without what begins with a dot right below it. */
  readonly roots: readonly string[] | undefined;
}

/**
 * The real path of the folder that a session is to work in. Without a wish it gets one of its own,
 * `$TREELINE_HOME/workspaces/<session id>`, which stays when the session is over if there is something in it, and in which
 * other sessions may be asked to work. Throws cwd_refused with the reason.
 */
export async function workingFolder(rules: FolderRules, session: SessionId, wish: string | undefined): Promise<string> {
  if (wish === undefined) {
    const own = join(rules.home.workspaces, session);
    await mkdir(own, { recursive: true, mode: 0o700 });
    return realpath(own);
  }
  const path = await realFolder(rules, wish);
  if (isBelow(await realpath(rules.home.workspaces), path)) return path;
  if (isWithin(await realpath(rules.home.path), path)) {
    throw refused(wish, "it is inside the runner's own folder");
  }
  const roots = rules.roots ?? [rules.userHome];
  const allowed = await Promise.all(
    roots.map(async (root) => allows(await realRoot(rules, root), path, rules.roots === undefined)),
  );
  if (!allowed.includes(true)) throw refused(wish, `it is not below an allowed root (${roots.join(', ')})`);
  return path;
}

function allows(root: string | undefined, path: string, withoutDotFolders: boolean): boolean {
  if (root === undefined || !isWithin(root, path)) return false;
  return !(withoutDotFolders && relative(root, path).startsWith('.'));
}

function isBelow(root: string, path: string): boolean {
  return path !== root && isWithin(root, path);
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function expandTilde({ userHome }: FolderRules, path: string): string {
  return path === '~' || path.startsWith('~/') ? join(userHome, path.slice(1)) : path;
}

/** Undefined for a root that does not exist: it allows nothing. */
async function realRoot(rules: FolderRules, root: string): Promise<string | undefined> {
  return realpath(resolve(expandTilde(rules, root))).catch(() => undefined);
}

async function realFolder(rules: FolderRules, wish: string): Promise<string> {
  const path = expandTilde(rules, wish);
  if (!isAbsolute(path) || path.includes('\0')) throw refused(wish, 'it is no absolute path');
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    throw refused(wish, error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be found');
  }
  throw refused(wish, 'it is no folder');
}

function refused(wish: string, why: string): TreelineError {
  return new TreelineError('cwd_refused', `The folder ${wish} is refused: ${why}.`);
}
