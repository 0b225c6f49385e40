/** Decides what becomes of an inbox item. Pure but for what it is told of the moment. */
import { ERRORS, type InboxItem, type StopStrength } from '@treeline/shared';
import type { SessionMemory } from './memory.ts';
import { closedText, lateAnswerText, refusalText, tellText, triggerText } from './texts.ts';

export type Move =
  /** Hand the text to the agent. */
  | { readonly do: 'prompt'; readonly text: string; readonly deliverAs: 'steer' | 'followUp'; readonly notice?: string }
  | { readonly do: 'stop'; readonly strength: StopStrength }
  /** Nothing more: it was taken by a call that waited, or needs no word. */
  | { readonly do: 'nothing' };

export interface Moment {
  readonly memory: SessionMemory;
  /** A tool call of the agent that waited has taken the answer or the refusal. */
  readonly taken: boolean;
}

/** What to do about an item that the memory has not folded in yet. */
export function conduct(item: InboxItem, { memory, taken }: Moment): Move {
  switch (item.kind) {
    case 'prompt':
      return { do: 'prompt', text: item.text, deliverAs: item.deliverAs };
    case 'tell':
      return { do: 'prompt', text: tellText(item), deliverAs: item.deliverAs };
    case 'trigger':
      return { do: 'prompt', text: triggerText(item), deliverAs: item.deliverAs };
    case 'trigger_closed':
      return memory.awaits(item.triggerId)
        ? { do: 'prompt', text: closedText(item), deliverAs: 'followUp' }
        : { do: 'nothing' };
    case 'answer': {
      const ask = memory.asked(item.triggerId);
      const isOpen = memory.openQuestions.some((open) => open.triggerId === item.triggerId);
      // A permission is asked again by the agent that needs it; a late one would only confuse. What was withdrawn is over.
      if (taken || !isOpen || ask?.type === 'permission_request') return { do: 'nothing' };
      return { do: 'prompt', text: lateAnswerText(item, ask), deliverAs: 'followUp' };
    }
    case 'refusal': {
      if (taken) return { do: 'nothing' };
      const text = refusalText(item, ERRORS[item.code].hint);
      return { do: 'prompt', text, deliverAs: 'followUp', notice: text };
    }
    case 'stop':
      return { do: 'stop', strength: item.strength };
  }
}
