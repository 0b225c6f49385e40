import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeWorktree, removeWorktree } from './worktree.ts';

let base: string;
let repository: string;
let path: string;
const session = newId('session');

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'treeline-worktree-')));
  repository = join(base, 'repository');
  path = join(base, 'tree');
  await mkdir(join(repository, 'sub'), { recursive: true });
  await writeFile(join(repository, 'sub', 'file'), 'first');
  git(base, 'init', '-q', '-b', 'main', repository);
  git(repository, 'add', '.');
  git(repository, 'commit', '-qm', 'first');
});

afterEach(() => rm(base, { recursive: true, force: true }));

describe('a worktree', () => {
  test('is a folder of its own on a branch of its own, in the same place of the tree', async () => {
    expect(await makeWorktree({ session, from: join(repository, 'sub'), path })).toBe(join(path, 'sub'));
    expect(git(path, 'branch', '--show-current').trim()).toBe(`treeline/${session}`);
    await writeFile(join(path, 'sub', 'file'), 'changed');
    expect(git(repository, 'status', '--porcelain')).toBe('');
  });

  test('is found again by the next attempt, with what is in it', async () => {
    await makeWorktree({ session, from: repository, path });
    await writeFile(join(path, 'draft'), 'x');
    expect(await makeWorktree({ session, from: repository, path })).toBe(path);
    expect(existsSync(join(path, 'draft'))).toBe(true);
  });

  test('is refused in a folder that is in no repository', async () => {
    await expect(makeWorktree({ session, from: base, path })).rejects.toMatchObject({ code: 'cwd_refused' });
    expect(existsSync(path)).toBe(false);
  });

  test('goes with its branch when nothing was done in it', async () => {
    await makeWorktree({ session, from: repository, path });
    expect(await removeWorktree(path)).toEqual({ removed: true, branch: 'removed' });
    expect(existsSync(path)).toBe(false);
    expect(git(repository, 'branch', '--list', 'treeline/*')).toBe('');
  });

  test('leaves its branch behind when that has commits of its own', async () => {
    await makeWorktree({ session, from: repository, path });
    await writeFile(join(path, 'sub', 'file'), 'second');
    git(path, 'commit', '-qam', 'second');
    expect(await removeWorktree(path)).toEqual({ removed: true, branch: 'kept' });
    expect(git(repository, 'show', `treeline/${session}:sub/file`)).toBe('second');
  });

  test('stays when it has changes or files that are not committed', async () => {
    await makeWorktree({ session, from: repository, path });
    await writeFile(join(path, 'draft'), 'x');
    expect(await removeWorktree(path)).toMatchObject({ removed: false, why: expect.stringContaining('not committed') });
    expect(existsSync(join(path, 'draft'))).toBe(true);
  });
});
