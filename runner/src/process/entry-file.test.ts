import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type InboxEntry } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntryFile, EntryReader } from './entry-file.ts';

const entry = (position: number): InboxEntry => ({
  position,
  item: {
    id: newId('message'),
    at: 1,
    kind: 'prompt',
    text: `${position}`,
    deliverAs: 'followUp',
    from: { kind: 'relay' },
  },
});
const unexpected = (error: Error): never => {
  throw error;
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-entries-'));
  path = join(folder, 'inbox');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('entry file', () => {
  it('skips what it has, so that a repeated push changes nothing', async () => {
    const entries = [entry(1), entry(2), entry(3)];
    const file = new EntryFile({ path, after: 0, onFailure: unexpected });
    expect(await file.append(entries.slice(0, 2))).toBe(2);
    expect(await file.append(entries)).toBe(3);
    expect(await file.append(entries)).toBe(3);
    await file.close();
    const reader = new EntryReader({ path, after: 1 });
    expect(await reader.next(10)).toEqual(entries.slice(1));
    await reader.close();
  });

  it('refuses entries that leave a hole, and keeps none of them', async () => {
    const file = new EntryFile({ path, after: 0, onFailure: unexpected });
    await expect(file.append([entry(1), entry(3)])).rejects.toThrow('entry 3 came where 2 was due');
    expect(file.last).toBe(0);
    await file.close();
  });

  it('begins after the position that the assignment names', async () => {
    const file = new EntryFile({ path, after: 7, onFailure: unexpected });
    await expect(file.append([entry(9)])).rejects.toThrow('entry 9 came where 8 was due');
    expect(await file.append([entry(8)])).toBe(8);
    await file.close();
    const again = new EntryFile({ path, after: 7, onFailure: unexpected });
    expect(again.last).toBe(8);
    await again.close();
  });
});
