import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, START, type FactRecord, type Frame, type Position } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameFile, FrameReader } from '../process/frame-file.ts';
import { sessionPaths, type SessionPaths } from '../process/session-folder.ts';
import { appendEnd, findEnd, moveToEpoch, readAttempt } from './session-log.ts';

const id = newId('session');
const END = { outcome: 'failed', reason: 'signal', detail: 'killed', resumable: true } as const;

let folder: string;
let paths: SessionPaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-log-'));
  paths = sessionPaths(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Said = 'starting' | 'idle' | 'asleep' | 'resumable' | 'end' | 'talk';

/** Writes a log of one record a frame, beginning at a place. */
async function write(
  said: readonly Said[],
  at: { epoch: number; first: number } = { epoch: 1, first: 1 },
): Promise<void> {
  const log = new FrameFile({ path: paths.log, onFailure: () => undefined });
  said.forEach((word, index) => {
    const kind = word === 'talk' ? 'events' : 'fact';
    const body = JSON.stringify([recordOf(word)]);
    log.append({ id: newId('frame'), session: id, epoch: at.epoch, first: at.first + index, count: 1, kind, body });
  });
  await log.close();
}

function recordOf(word: Said): FactRecord | object {
  const base = { id: newId('record'), at: 1 };
  if (word === 'talk') return { ...base, kind: 'notice', level: 'info', text: '"kind":"end"' };
  if (word === 'end') return { ...base, kind: 'end', triggerId: newId('trigger'), outcome: 'completed', reason: 'ok' };
  if (word === 'resumable') return { ...base, kind: 'state', state: 'idle', resumable: true };
  return { ...base, kind: 'state', state: word };
}

async function frames(): Promise<Frame[]> {
  const reader = new FrameReader({ path: paths.log, after: START });
  const found = await reader.next(1000);
  await reader.close();
  return found;
}

const attempt = (logAfter?: Position) =>
  findEnd(paths, START).then((last) => readAttempt(paths, logAfter === undefined ? {} : { logAfter }, last));

describe('how an attempt stands', () => {
  it.each<[Said[], object]>([
    [[], { silent: true, ending: 'none' }],
    [['starting', 'idle', 'talk'], { silent: false, ending: 'none' }],
    [['starting', 'resumable', 'talk'], { silent: false, ending: 'none', resumable: true }],
    [['starting', 'idle', 'end'], { silent: false, ending: 'ended' }],
    [['starting', 'asleep'], { silent: false, ending: 'asleep' }],
    [['starting', 'end', 'talk'], { silent: false, ending: 'ended' }],
    [['starting', 'asleep', 'starting', 'idle'], { silent: false, ending: 'none' }],
  ])('after %j', async (said, expected) => {
    await write(said);
    expect(await attempt()).toEqual(expected);
  });

  it('is not what the attempt before has said', async () => {
    await write(['starting', 'end']);
    expect(await attempt({ epoch: 1, seq: 2 })).toEqual({ silent: true, ending: 'none' });
  });
});

describe('the end of a dead worker', () => {
  it('LOG-12 follows the last whole record, and a torn one is cut away', async () => {
    await write(['starting', 'talk']);
    await appendFile(paths.log, '1234abcd {"id":"frm_');
    expect(await appendEnd(paths, { id, epoch: 1 }, END)).toEqual({ epoch: 1, seq: 3 });
    expect((await frames()).map(({ first }) => first)).toEqual([1, 2, 3]);
    expect(await attempt()).toMatchObject({ ending: 'ended', resumable: true });
  });

  it('begins the epoch that the relay asked for', async () => {
    await write(['starting']);
    expect(await appendEnd(paths, { id, epoch: 3 }, END)).toEqual({ epoch: 3, seq: 1 });
  });

  it('is the first record of a worker that said nothing', async () => {
    expect(await appendEnd(paths, { id, epoch: 1 }, END)).toEqual({ epoch: 1, seq: 1 });
  });
});

describe('a log that is moved to a new epoch', () => {
  it('LOG-6 repeats what the relay does not have, its records as they were', async () => {
    await write(['starting', 'talk', 'end']);
    const before = await frames();
    await moveToEpoch(paths, { epoch: 1, seq: 1 }, 2);
    await moveToEpoch(paths, { epoch: 1, seq: 1 }, 2);
    const after = (await frames()).slice(3);
    expect(after.map(({ epoch, first }) => [epoch, first])).toEqual([
      [2, 1],
      [2, 2],
    ]);
    expect(after.map(({ body }) => body)).toEqual(before.slice(1).map(({ body }) => body));
    expect(new Set([...before, ...after].map((frame) => frame.id)).size).toBe(5);
  });
});
