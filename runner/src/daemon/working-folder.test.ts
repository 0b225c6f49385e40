import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome } from '../home/home.ts';
import { workingFolder, type FolderRules } from './working-folder.ts';

const session = newId('session');
let base: string;
let rules: FolderRules;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'treeline-cwd-')));
  const userHome = join(base, 'ann');
  await mkdir(join(userHome, 'project', '.git'), { recursive: true });
  await mkdir(join(userHome, '.ssh'));
  await mkdir(join(base, 'ann-too'));
  rules = { home: await openHome(join(userHome, '.treeline')), userHome, roots: undefined };
});
afterEach(() => rm(base, { recursive: true, force: true }));

const ask = (wish?: string): Promise<string> => workingFolder(rules, session, wish);

describe('the working folder of a session', () => {
  it("may be the user's home and what is below it", async () => {
    expect(await ask(rules.userHome)).toBe(rules.userHome);
    expect(await ask('~/project')).toBe(join(rules.userHome, 'project'));
    expect(await ask(join(rules.userHome, 'project', '.git'))).toBe(join(rules.userHome, 'project', '.git'));
  });

  it('may not be a dot-folder of the home, where secrets are, nor one that only begins like it', async () => {
    await expect(ask('~/.ssh')).rejects.toThrow('not below an allowed root');
    await expect(ask(join(base, 'ann-too'))).rejects.toThrow('not below an allowed root');
    await expect(ask(join(rules.userHome, '..', 'ann-too'))).rejects.toThrow('not below an allowed root');
  });

  it('may not be reached through a link that leads out of the roots', async () => {
    await symlink(base, join(rules.userHome, 'project', 'up'));
    await expect(ask('~/project/up/ann-too')).rejects.toThrow('not below an allowed root');
  });

  it('is any folder below the roots that the owner named, dot-folders too, and no other', async () => {
    rules = { ...rules, roots: [join(base, 'ann', '.ssh'), join(base, 'nowhere')] };
    expect(await ask('~/.ssh')).toBe(join(rules.userHome, '.ssh'));
    await expect(ask('~/project')).rejects.toThrow('not below an allowed root');
  });

  it("is never inside the runner's own folder, but for the workspaces there", async () => {
    rules = { ...rules, roots: [base] };
    await expect(ask(rules.home.path)).rejects.toThrow("runner's own folder");
    await expect(ask(join(rules.home.path, 'sessions'))).rejects.toThrow("runner's own folder");
    await expect(ask(rules.home.workspaces)).rejects.toThrow("runner's own folder");
    const own = await ask();
    expect(own).toBe(join(rules.home.workspaces, session));
    expect(await workingFolder(rules, newId('session'), own)).toBe(own);
  });
});
