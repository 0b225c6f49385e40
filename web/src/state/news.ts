/** What has begun to need this person since they last looked. Pure. */
import type { TriggerView } from '@treeline/shared';
import { belongsInInbox, needsPeople } from './triggers.ts';
import type { World } from './world.ts';

/** What waits for people, by id. Undefined until the relay has been heard: what was there before is no news. */
export function waitingIds(world: World): ReadonlySet<string> | undefined {
  if (world.link !== 'online') return undefined;
  return new Set([...world.triggers.values()].filter(isPressing).map(({ id }) => id as string));
}

export function freshOnes(world: World, known: ReadonlySet<string>): TriggerView[] {
  return [...world.triggers.values()].filter((trigger) => isPressing(trigger) && !known.has(trigger.id));
}

function isPressing(trigger: TriggerView): boolean {
  return belongsInInbox(trigger) && needsPeople(trigger);
}
