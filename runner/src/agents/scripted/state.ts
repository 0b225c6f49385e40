/** Where a scripted agent stands, so that a new process goes on from there: its token holds all of it but the script. */
import { SessionId, TriggerId, TriggerType } from '@treeline/shared';
import { z } from 'zod';

const SEEN = 256;

export const ScriptedState = z.object({
  /** Index of the step that runs; null: no script runs. */
  step: z.number().int().nonnegative().nullable(),
  answer: z.string(),
  message: z.string(),
  child: z.string(),
  /** Children that have not ended. */
  children: z.array(z.object({ id: SessionId, recordId: z.string().optional() })),
  /** Children that have. */
  ended: z.array(SessionId),
  /** Questions of children that no step has taken. */
  triggers: z.array(z.object({ id: TriggerId, type: TriggerType })),
  messages: z.array(z.string()),
  /** Answers that came when no call waited for them any more. */
  answers: z.array(z.string()),
  /** Ids of the inbox items that are in here already. */
  seen: z.array(z.string()),
});
export type ScriptedState = z.infer<typeof ScriptedState>;

export function freshState(): ScriptedState {
  return {
    step: null,
    answer: '',
    message: '',
    child: '',
    children: [],
    ended: [],
    triggers: [],
    messages: [],
    answers: [],
    seen: [],
  };
}

/** A child lives from now on, unless it was quicker than the call that started it. */
export function addChild(state: ScriptedState, child: ScriptedState['children'][number]): void {
  if (!state.ended.includes(child.id)) state.children.push(child);
}

export function endChild(state: ScriptedState, child: SessionId): void {
  state.children = state.children.filter(({ id }) => id !== child);
  state.ended.push(child);
}

/** False when the item was taken before. */
export function takeOnce(state: ScriptedState, id: string): boolean {
  if (state.seen.includes(id)) return false;
  state.seen.push(id);
  if (state.seen.length > SEEN) state.seen.shift();
  return true;
}

/** `$answer`, `$message` and `$child` replaced by the last ones received. */
export function fillIn(text: string, state: Pick<ScriptedState, 'answer' | 'message' | 'child'>): string {
  return text.replace(/\$(answer|message|child)\b/g, (_, name: 'answer' | 'message' | 'child') => state[name]);
}
