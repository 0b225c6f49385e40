/** Decisions that can be made together: the same question with the same answers, or permissions for the same kind of thing. */
import type { TriggerView } from '@treeline/shared';
import { isOpen } from './triggers.ts';

/** Those that are like this one, itself included, oldest first. */
export function alike(trigger: TriggerView, all: readonly TriggerView[]): TriggerView[] {
  if (!isOpen(trigger)) return [trigger];
  const kind = kindOf(trigger);
  return all.filter((other) => isOpen(other) && (other.id === trigger.id || kindOf(other) === kind));
}

function kindOf({ type, text, options, permission }: TriggerView): string {
  const labels = options?.map(({ label, kind }) => [label, kind]);
  return permission === undefined
    ? JSON.stringify([type, text, labels])
    : JSON.stringify([type, permission.toolKind ?? permission.title, labels]);
}
