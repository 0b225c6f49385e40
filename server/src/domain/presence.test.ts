import { expect, test } from 'vitest';
import { noteCopy } from './presence.ts';
import { TestWorld } from './testing.ts';
import { timerDue } from './timers.ts';

const DAY_MS = 24 * 3600_000;

test('LINK-3 a copy that was refused stands in the record of its runner, until none was seen for a day', () => {
  const world = new TestWorld();
  const { id } = world.runner('pi');
  const began = world.now;
  world.decide((draft) => noteCopy(draft, id));
  world.now += DAY_MS / 2;
  world.decide((draft) => noteCopy(draft, id));
  expect(world.get('runner', id)?.copy).toEqual({ since: began, last: world.now, times: 2 });
  expect(world.timers.get(`${id}/copy`)).toMatchObject({ at: world.now + DAY_MS });

  world.now += DAY_MS;
  world.decide((draft) => timerDue(draft, { kind: 'runner', id, name: 'copy' }));
  expect(world.get('runner', id)?.copy).toBeUndefined();
  expect(world.get('runner', id)?.presence.state).toBe('online');
  expect(world.timers.has(`${id}/copy`)).toBe(false);
});
