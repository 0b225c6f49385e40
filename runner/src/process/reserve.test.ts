import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Reserve } from './reserve.ts';

const BYTES = 700_000;
let folder: string;
let free: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-reserve-'));
  free = 10 * BYTES;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const reserve = () => new Reserve({ path: join(folder, 'reserve'), bytes: BYTES, freeBytes: () => free });

it('is made once, given up once, and made again', () => {
  const it = reserve();
  expect(it.isWhole).toBe(false);
  expect(it.giveUp()).toBe(false);
  expect(it.restore()).toBe(true);
  expect(it.isWhole).toBe(true);
  expect(it.giveUp()).toBe(true);
  expect(it.isWhole).toBe(false);
  expect(it.giveUp()).toBe(false);
  expect(reserve().restore()).toBe(true);
  expect(readdirSync(folder)).toEqual(['reserve']);
});

it('is made only where there is room for it twice', () => {
  free = 2 * BYTES - 1;
  expect(reserve().restore()).toBe(false);
  free = 2 * BYTES;
  expect(reserve().restore()).toBe(true);
});

it('counts as given up when a part of it is missing', () => {
  writeFileSync(join(folder, 'reserve'), Buffer.alloc(BYTES - 1));
  expect(reserve().isWhole).toBe(false);
  expect(reserve().giveUp()).toBe(true);
});

it('is needed when next to nothing else is left', () => {
  const it = reserve();
  free = 0;
  expect(it.isNeeded).toBe(false);
  free = 2 * BYTES;
  it.restore();
  expect(it.isNeeded).toBe(false);
  free = BYTES / 10;
  expect(it.isNeeded).toBe(true);
  it.giveUp();
  expect(it.isNeeded).toBe(false);
});
