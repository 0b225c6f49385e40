/** A machine is given up: what is live on it is lost, and its record goes. Its key is ended before, by whoever calls this. */
import type { RunnerId, SessionId, TriggerId } from '@treeline/shared';
import { TreelineError } from '@treeline/shared';
import type { Draft } from './draft.ts';
import { endSession } from './ending.ts';
import { forgetPresence } from './presence.ts';
import type { TriggerTimes } from './triggers.ts';

/** Resolves with the sessions that were lost by it. Throws not_found. */
export function removeRunner(
  draft: Draft,
  id: RunnerId,
  input: { triggerId: (of: SessionId) => TriggerId; times: TriggerTimes },
): SessionId[] {
  const runner = draft.get('runner', id);
  if (runner === undefined) throw new TreelineError('not_found', `There is no runner ${id}`);
  const lost = [...draft.list('session', 'liveOnRunner', id)];
  for (const session of lost) {
    const record = draft.get('session', session);
    if (record === undefined) continue;
    const ending = {
      triggerId: input.triggerId(session),
      outcome: 'lost',
      reason: 'lost',
      detail: `Its runner ${runner.profile.name} was removed`,
      resumable: false,
    } as const;
    endSession(draft, record, ending, input.times);
  }
  forgetPresence(draft, id);
  draft.remove('runner', id);
  draft.tell({ type: 'runner', id });
  return lost;
}
