/** What the operator may set of the rules. */
import type { TreeLimits } from './spawn.ts';
import type { TriggerTimes } from './triggers.ts';

export interface Rules {
  readonly tree: TreeLimits;
  readonly times: TriggerTimes;
}
