import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sessionPaths, type SessionPaths } from '../process/session-folder.ts';
import { endFor } from './worker-death.ts';

let paths: SessionPaths;
beforeEach(async () => {
  paths = sessionPaths(await mkdtemp(join(tmpdir(), 'treeline-death-')));
});
afterEach(() => rm(paths.folder, { recursive: true, force: true }));

const resumable = async (said: boolean | undefined) => (await endFor({ how: 'found_dead' }, paths, said)).resumable;

it('INB-6 a worker that died before its agent said anything leaves the session as resumable as its token makes it', async () => {
  expect(await resumable(undefined)).toBe(false);
  await writeFile(paths.resume, 'a token');
  expect(await resumable(undefined)).toBe(true);
});

it('an agent that cannot be resumed is not, token or no token, and neither is one without a token', async () => {
  expect(await resumable(true)).toBe(false);
  await writeFile(paths.resume, 'a token');
  expect(await resumable(false)).toBe(false);
  expect(await resumable(true)).toBe(true);
});
