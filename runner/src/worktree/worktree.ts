/**
 * A git worktree for one session: a folder and a branch `treeline/<session>` of its own, made from the repository in which
 * the session was to work. It goes when the session's folder goes, and only when nothing in it would be lost.
 */
import { execFile } from 'node:child_process';
import { access, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TreelineError, type SessionId } from '@treeline/shared';

const run = promisify(execFile);
const GIT_MS = 60_000;

export interface WorktreeWish {
  readonly session: SessionId;
  /** A folder in the repository. */
  readonly from: string;
  /** Where the worktree is to be. */
  readonly path: string;
}

/**
 * The folder in the worktree that answers to `from`. Made at the first call; a later one finds it. Throws cwd_refused when
 * `from` is in no repository, or git cannot make one of it.
 */
export async function makeWorktree({ session, from, path }: WorktreeWish): Promise<string> {
  const prefix = (
    await git(from, ['rev-parse', '--show-prefix']).catch((error: unknown) => refuse(from, error))
  ).trim();
  if (!(await isWorktree(path))) {
    const branch = `treeline/${session}`;
    await git(from, ['worktree', 'prune']).catch((error: unknown) => refuse(from, error));
    const known = await git(from, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]).catch(() => '');
    const what = known === '' ? ['-b', branch, path, 'HEAD'] : [path, branch];
    await git(from, ['worktree', 'add', ...what]).catch((error: unknown) => refuse(from, error));
  }
  const folder = join(path, prefix);
  return realpath((await exists(folder)) ? folder : path);
}

export type Removal =
  | { readonly removed: true; readonly branch: 'kept' | 'removed' }
  /** It stays, with all that is in it; `why` is for a person. */
  | { readonly removed: false; readonly why: string };

/** Removes a worktree that holds nothing but what is committed; its branch goes when its commits are in another one. */
export async function removeWorktree(path: string): Promise<Removal> {
  try {
    const changes = (await git(path, ['status', '--porcelain', '--untracked-files=all'])).trim();
    if (changes !== '') {
      return { removed: false, why: `${path} has ${changes.split('\n').length} files that are not committed` };
    }
    const branch = (await git(path, ['rev-parse', '--abbrev-ref', 'HEAD'])).trim();
    const repository = (await git(path, ['rev-parse', '--path-format=absolute', '--git-common-dir'])).trim();
    await git(repository, ['worktree', 'remove', path]);
    if (!branch.startsWith('treeline/')) return { removed: true, branch: 'kept' };
    const removed = await git(repository, ['branch', '-d', branch]).then(
      () => true,
      () => false, // It has commits that are nowhere else.
    );
    return { removed: true, branch: removed ? 'removed' : 'kept' };
  } catch (error) {
    return { removed: false, why: words(error) };
  }
}

/** Whether the folder is a worktree that belongs to a repository elsewhere. */
export async function isWorktree(path: string): Promise<boolean> {
  if (!(await exists(join(path, '.git')))) return false;
  const top = await git(path, ['rev-parse', '--show-toplevel']).catch(() => '');
  return top.trim() === (await realpath(path));
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...args], { timeout: GIT_MS });
  return stdout;
}

function refuse(from: string, error: unknown): never {
  throw new TreelineError('cwd_refused', `A git worktree cannot be made from ${from}: ${words(error)}`);
}

function words(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'git is not installed';
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr === '' ? String(error) : stderr.split('\n').slice(-2).join(' ');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
