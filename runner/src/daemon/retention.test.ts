import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type SessionId } from '@treeline/shared';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome, type Home } from '../home/home.ts';
import { sessionPaths } from '../process/session-folder.ts';
import { mayGo, sweep } from './retention.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 1);
const logger = pino({ level: 'silent' });

let base: string;
let home: Home;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'treeline-keep-'));
  home = await openHome(join(base, 'home'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

interface Kept {
  readonly ageMs: number;
  readonly resumable?: boolean;
  readonly drained?: boolean;
}

/** A session as the sweep sees it, with a real folder whose log has this age. */
async function session({ ageMs, resumable = false, drained = true }: Kept) {
  const id: SessionId = newId('session');
  const paths = sessionPaths(join(home.sessions, id));
  await mkdir(paths.folder);
  await mkdir(join(home.workspaces, id));
  await writeFile(paths.log, '');
  await utimes(paths.log, new Date(NOW - ageMs), new Date(NOW - ageMs));
  const attemptLog = { silent: false, ending: 'ended', resumable } as const;
  return { id, paths, live: false, drained, attemptLog, close: async () => undefined };
}

async function left(all: Awaited<ReturnType<typeof session>>[]): Promise<string[]> {
  await sweep({ home, logger, now: NOW, sessions: { all, forget: () => undefined, alone: (work) => work() } });
  return (await readdir(home.sessions)).sort();
}

describe('the folder of an ended session', () => {
  it('stays for a quarter of an hour, and then goes', async () => {
    const [young, old] = [await session({ ageMs: 14 * MINUTE }), await session({ ageMs: 16 * MINUTE })];
    expect(await left([young, old])).toEqual([young.id]);
  });

  it('stays for thirty days when the session can be resumed', async () => {
    const young = await session({ ageMs: 29 * DAY, resumable: true });
    const old = await session({ ageMs: 31 * DAY, resumable: true });
    expect(await left([young, old])).toEqual([young.id]);
  });

  it('stays as long as the relay does not have it all', async () => {
    const behind = await session({ ageMs: 365 * DAY, drained: false });
    expect(await left([behind])).toEqual([behind.id]);
  });

  it('leaves a working folder that holds something', async () => {
    const [empty, used] = [await session({ ageMs: DAY }), await session({ ageMs: DAY })];
    await writeFile(join(home.workspaces, used.id, 'result'), 'x');
    await left([empty, used]);
    expect(await readdir(home.workspaces)).toEqual([used.id]);
  });

  it('never goes while the session lives or sleeps', () => {
    const attemptLog = { silent: false, ending: 'ended', resumable: false } as const;
    expect(mayGo({ live: false, drained: true, attemptLog })).toBe(true);
    expect(mayGo({ live: true, drained: true, attemptLog })).toBe(false);
    expect(mayGo({ live: false, drained: true, attemptLog: { ...attemptLog, ending: 'asleep' } })).toBe(false);
    expect(mayGo({ live: false, drained: true, attemptLog: { ...attemptLog, ending: 'none' } })).toBe(false);
  });
});
