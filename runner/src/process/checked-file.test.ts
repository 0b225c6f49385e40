import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CheckedFile } from './checked-file.ts';
import { CheckedReader } from './checked-reader.ts';

const Row = z.object({ n: z.number(), text: z.string() });
type Row = z.infer<typeof Row>;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-lines-'));
  path = join(folder, 'rows');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const unexpected = (error: Error): never => {
  throw error;
};

function open(): { file: CheckedFile<typeof Row>; rows: Row[] } {
  const rows: Row[] = [];
  const file = new CheckedFile({ path, schema: Row, visit: (row) => rows.push(row), onFailure: unexpected });
  return { file, rows };
}

async function write(...rows: Row[]): Promise<void> {
  const { file } = open();
  file.append(rows);
  await file.close();
}

const row = (n: number, text = `row ${n} – ünï\ncode`): Row => ({ n, text });

describe('checked file', () => {
  it('what was appended is there at the next opening, in order', async () => {
    await write(row(1), row(2));
    await write(row(3));
    const { file, rows } = open();
    expect(rows).toEqual([row(1), row(2), row(3)]);
    expect(file.cutBytes).toBe(0);
    await file.close();
  });

  it('is private', async () => {
    await write(row(1));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('LOG-12 a tail torn at any byte of the last record is cut, and writing goes on after the last whole one', async () => {
    await write(row(1), row(2));
    const whole = statSync(path).size;
    await write(row(3));
    const bytes = readFileSync(path);
    for (let end = whole; end < bytes.length; end++) {
      writeFileSync(path, bytes.subarray(0, end));
      const { file, rows } = open();
      expect(rows).toEqual([row(1), row(2)]);
      expect(file.cutBytes).toBe(end - whole);
      file.append([row(4)]);
      await file.close();
      const again = open();
      expect(again.rows).toEqual([row(1), row(2), row(4)]);
      await again.file.close();
    }
  });

  it('one flipped bit anywhere is found, and nothing from there on is believed', async () => {
    await write(row(1), row(2), row(3));
    const sound = readFileSync(path);
    const second = sound.indexOf(10) + 1;
    const third = sound.indexOf(10, second) + 1;
    for (let at = second; at < third; at++) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      const { file, rows } = open();
      expect(rows).toEqual([row(1)]);
      await file.close();
    }
  });

  it('zeros after a power cut are cut', async () => {
    await write(row(1));
    appendFileSync(path, Buffer.alloc(4096));
    const { file, rows } = open();
    expect(rows).toEqual([row(1)]);
    expect(file.cutBytes).toBe(4096);
    await file.close();
  });

  it('any rows come back as they were, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ n: fc.integer(), text: fc.string({ maxLength: 2000, unit: 'grapheme' }) })),
        async (some) => {
          rmSync(path, { force: true });
          await write(...some);
          const { file, rows } = open();
          expect(rows).toEqual(some);
          await file.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('a row longer than the reading chunk is read whole', async () => {
    const long = row(1, 'x'.repeat(700 * 1024));
    await write(long, row(2));
    const { file, rows } = open();
    expect(rows).toEqual([long, row(2)]);
    await file.close();
    const reader = new CheckedReader({ path, schema: Row });
    expect(await reader.next(1)).toEqual([long]);
    expect(await reader.next(1)).toEqual([row(2)]);
    await reader.close();
  });

  it('flush covers what was appended before it, and many share one', async () => {
    const { file } = open();
    const flushes = Array.from({ length: 50 }, (_, n) => {
      file.append([row(n)]);
      return file.flush();
    });
    await Promise.all(flushes);
    await file.close();
    expect(open().rows).toHaveLength(50);
  });
});

describe('checked reader', () => {
  it('has nothing to read before the file exists, and follows it from then on', async () => {
    const reader = new CheckedReader({ path, schema: Row });
    expect(await reader.next(10)).toEqual([]);
    const { file } = open();
    file.append([row(1)]);
    expect(await reader.next(10)).toEqual([row(1)]);
    expect(await reader.next(10)).toEqual([]);
    file.append([row(2), row(3)]);
    expect(await reader.next(1)).toEqual([row(2)]);
    expect(await reader.next(1)).toEqual([row(3)]);
    await file.close();
    await reader.close();
  });

  it('takes a line that is still being written for not there, and reads it when it is whole', async () => {
    await write(row(1), row(2));
    const bytes = readFileSync(path);
    truncateSync(path, bytes.length - 3);
    const reader = new CheckedReader({ path, schema: Row });
    expect(await reader.next(10)).toEqual([row(1)]);
    expect(await reader.next(10)).toEqual([]);
    expect(reader.damaged).toBe(false);
    appendFileSync(path, bytes.subarray(bytes.length - 3));
    expect(await reader.next(10)).toEqual([row(2)]);
    await reader.close();
  });

  it('stops before a damaged line and says so', async () => {
    await write(row(1), row(2), row(3));
    const bytes = readFileSync(path);
    const second = bytes.indexOf(10) + 20;
    bytes[second] = (bytes[second] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const reader = new CheckedReader({ path, schema: Row });
    expect(await reader.next(10)).toEqual([row(1)]);
    expect(await reader.next(10)).toEqual([]);
    expect(reader.damaged).toBe(true);
    await reader.close();
  });

  it.each([0, 1, 2, 777, 2499, 2500, 9999])(
    'seek(%i) in a large file goes to the first row after it',
    async (target) => {
      const rows = Array.from({ length: 2500 }, (_, n) => row(n + 1, 'y'.repeat((n * 37) % 900)));
      await write(...rows);
      const reader = new CheckedReader({ path, schema: Row });
      await reader.seek((candidate) => candidate.n <= target);
      expect(await reader.next(1)).toEqual(target < 2500 ? [rows[target]] : []);
      await reader.close();
    },
  );
});
