import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { START, newId, type Frame, type Position } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameFile, FrameReader } from './frame-file.ts';

const session = newId('session');
const frame = (epoch: number, first: number, count = 1): Frame => ({
  id: newId('frame'),
  session,
  epoch,
  first,
  count,
  kind: 'events',
  body: '[]',
});
const unexpected = (error: Error): never => {
  throw error;
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-frames-'));
  path = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('frame file', () => {
  it('knows its last record and frame, also after it was closed', async () => {
    const file = new FrameFile({ path, onFailure: unexpected });
    expect([file.last, file.lastFrame]).toEqual([START, null]);
    const [a, b] = [frame(1, 1, 3), frame(1, 4, 2)];
    file.append(a);
    file.append(b);
    await file.close();
    const seen: Frame[] = [];
    const again = new FrameFile({ path, onFailure: unexpected, visit: (it) => seen.push(it) });
    expect(seen).toEqual([a, b]);
    expect([again.last, again.lastFrame]).toEqual([{ epoch: 1, seq: 5 }, b.id]);
    await again.close();
  });

  it('refuses a frame that leaves a hole, repeats a record, or goes back an epoch', async () => {
    const file = new FrameFile({ path, onFailure: unexpected });
    file.append(frame(2, 1, 2));
    for (const wrong of [frame(2, 4), frame(2, 2), frame(1, 3), frame(3, 2)])
      expect(() => file.append(wrong)).toThrow('does not follow');
    file.append(frame(3, 1));
    expect(file.last).toEqual({ epoch: 3, seq: 1 });
    await file.close();
  });

  it.each<[Position, number]>([
    [{ epoch: 0, seq: 0 }, 0],
    [{ epoch: 1, seq: 2 }, 1],
    [{ epoch: 1, seq: 4 }, 2],
    [{ epoch: 2, seq: 1 }, 3],
    [{ epoch: 9, seq: 9 }, 3],
  ])('a reader after %o begins with frame %i and follows', async (after, index) => {
    const file = new FrameFile({ path, onFailure: unexpected });
    const frames = [frame(1, 1, 2), frame(1, 3, 2), frame(2, 1, 1)];
    for (const each of frames) file.append(each);
    const reader = new FrameReader({ path, after });
    expect(await reader.next(10)).toEqual(frames.slice(index));
    const next = frame(2, 2);
    file.append(next);
    expect(await reader.next(10)).toEqual([next]);
    reader.seek({ epoch: 1, seq: 2 });
    expect(await reader.next(1)).toEqual([frames[1]]);
    await reader.close();
    await file.close();
  });
});
