import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type SessionId } from '@treeline/shared';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome, type Home } from '../home/home.ts';
import { sessionPaths } from '../process/session-folder.ts';
import { KeptTimes } from './kept-times.ts';
import { mayGo, sweep } from './retention.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const logger = pino({ level: 'silent' });

let base: string;
let home: Home;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'treeline-keep-'));
  home = await openHome(join(base, 'home'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

interface Kept {
  readonly resumable?: boolean;
  readonly drained?: boolean;
}

/** A session as the sweep sees it, with a real folder. */
async function session({ resumable = false, drained = true }: Kept = {}) {
  const id: SessionId = newId('session');
  const paths = sessionPaths(join(home.sessions, id));
  await mkdir(paths.folder);
  await mkdir(join(home.workspaces, id));
  await writeFile(paths.log, '');
  const attemptLog = { silent: false, ending: 'ended', resumable } as const;
  return { id, paths, spec: {}, live: false, drained, attemptLog, close: async () => undefined };
}

/** Sweeps once at the beginning, and again after so long; a daemon that is started anew in between loses nothing. */
async function leftAfter(ms: number, all: Awaited<ReturnType<typeof session>>[]): Promise<string[]> {
  const sessions = { all, forget: () => undefined, alone: <T>(work: () => Promise<T>) => work() };
  for (const elapsedMs of [MINUTE, ms]) {
    await sweep({ home, logger, sessions, kept: await KeptTimes.open(home) }, elapsedMs);
  }
  return (await readdir(home.sessions)).sort();
}

describe('the folder of an ended session', () => {
  it('stays for a quarter of an hour, and then goes', async () => {
    const ended = await session();
    expect(await leftAfter(14 * MINUTE, [ended])).toEqual([ended.id]);
    expect(await leftAfter(MINUTE, [ended])).toEqual([]);
  });

  it('stays for thirty days when the session can be resumed', async () => {
    const ended = await session({ resumable: true });
    expect(await leftAfter(29 * DAY, [ended])).toEqual([ended.id]);
    expect(await leftAfter(DAY, [ended])).toEqual([]);
  });

  it.each([
    ['forward', 400],
    ['back', -400],
  ])('counts the same when the clock was set %s by more than a year', async (_, days) => {
    const ended = await session({ resumable: true });
    const moved = new Date(Date.now() - days * DAY);
    await utimes(ended.paths.log, moved, moved);
    expect(await leftAfter(29 * DAY, [ended])).toEqual([ended.id]);
    expect(await leftAfter(DAY, [ended])).toEqual([]);
  });

  it('stays as long as the relay does not have it all', async () => {
    const behind = await session({ drained: false });
    expect(await leftAfter(365 * DAY, [behind])).toEqual([behind.id]);
  });

  it('leaves a working folder that holds something', async () => {
    const [empty, used] = [await session(), await session()];
    await writeFile(join(home.workspaces, used.id, 'result'), 'x');
    await leftAfter(DAY, [empty, used]);
    expect(await readdir(home.workspaces)).toEqual([used.id]);
  });

  it('is counted anew when the file of the count is damaged, and forgotten when it is gone', async () => {
    const ended = await session();
    await writeFile(home.retention, '{"x": -1');
    expect(await leftAfter(14 * MINUTE, [ended])).toEqual([ended.id]);
    await leftAfter(DAY, [ended]);
    await leftAfter(DAY, []);
    expect(JSON.parse(await readFile(home.retention, 'utf8'))).toEqual({});
  });

  it('never goes while the session lives or sleeps', () => {
    const attemptLog = { silent: false, ending: 'ended', resumable: false } as const;
    expect(mayGo({ live: false, drained: true, attemptLog })).toBe(true);
    expect(mayGo({ live: true, drained: true, attemptLog })).toBe(false);
    expect(mayGo({ live: false, drained: true, attemptLog: { ...attemptLog, ending: 'asleep' } })).toBe(false);
    expect(mayGo({ live: false, drained: true, attemptLog: { ...attemptLog, ending: 'none' } })).toBe(false);
  });
});
