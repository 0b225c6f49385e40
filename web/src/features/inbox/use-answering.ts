/** Answering one trigger: a key for each answer, so that a press repeated after a lost reply counts once. */
import type { TriggerView } from '@treeline/shared';
import { useCallback, useRef } from 'react';
import { requestKey } from '../../relay/request-key.ts';
import { useRelay } from '../relay-context.ts';
import { useAction, type Action } from '../use-action.ts';
import type { Answer } from './answer.ts';

export function useAnswering(trigger: TriggerView): Action<[Answer]> {
  const relay = useRelay();
  const keys = useRef(new Map<string, string>());
  const { id } = trigger;
  const act = useCallback(
    (answer: Answer) => {
      const what = JSON.stringify(answer);
      const key = keys.current.get(what) ?? requestKey();
      keys.current.set(what, key);
      return relay.respond(id, { ...answer, key });
    },
    [relay, id],
  );
  return useAction(act);
}
