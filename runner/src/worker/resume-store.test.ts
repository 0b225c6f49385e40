import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResumeStore } from './resume-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-resume-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the token of an agent', () => {
  it('counts from the moment that it is given, and the last one is on the disk once it has settled', async () => {
    const path = join(folder, 'resume');
    const store = new ResumeStore({ path, has: false });
    expect(store.has).toBe(false);
    for (const token of ['first', 'second', 'third']) {
      store.save(token);
      expect(store.has).toBe(true);
    }
    await store.settled();
    expect(store.has).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('third');
  });

  it('that could not be written does not count, and whoever depends on it is told', async () => {
    const store = new ResumeStore({ path: join(folder, 'no such folder', 'resume'), has: false });
    store.save('lost');
    await expect(store.settled()).rejects.toThrow('ENOENT');
    expect(store.has).toBe(false);
  });
});
