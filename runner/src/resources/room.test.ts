import { expect, test } from 'vitest';
import { floorsOf, whyNoRoom } from './room.ts';

const MB = 1024 * 1024;
const floors = { memoryBytes: 128 * MB, diskBytes: 256 * MB };
const health = { memoryFreeBytes: 500 * MB, diskFreeBytes: 500 * MB };

test('a runner with enough of all takes sessions', () => {
  expect(whyNoRoom({ paused: undefined, health, floors })).toBeUndefined();
});

test('a runner that is paused, or short of disk or memory, says which', () => {
  expect(whyNoRoom({ paused: 'owner', health, floors })).toContain('paused on its machine');
  expect(whyNoRoom({ paused: 'relay', health, floors })).toContain('paused');
  expect(whyNoRoom({ paused: undefined, health: { ...health, diskFreeBytes: 255 * MB }, floors })).toBe(
    'its disk is nearly full: 255 MB free, 256 MB are kept free',
  );
  expect(whyNoRoom({ paused: undefined, health: { ...health, memoryFreeBytes: MB }, floors })).toContain(
    'short of memory',
  );
});

test('what a machine does not tell holds nothing up', () => {
  expect(whyNoRoom({ paused: undefined, health: {}, floors })).toBeUndefined();
});

test('a small machine keeps a part of it free, a large one a fixed amount, and its owner decides', () => {
  expect(floorsOf({}, { memoryBytes: 1000 * MB, diskBytes: 16 * MB })).toEqual({
    memoryBytes: 50 * MB,
    diskBytes: 0.8 * MB,
  });
  expect(floorsOf({}, { memoryBytes: 8000 * MB, diskBytes: undefined })).toEqual(floors);
  expect(floorsOf({ diskBytes: 7 }, { memoryBytes: 8000 * MB, diskBytes: 8000 * MB }).diskBytes).toBe(7);
});
