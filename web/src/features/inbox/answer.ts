/** What a person's answer is, by the kind of trigger. Pure. */
import type { TriggerAction, TriggerView } from '@treeline/shared';

export interface Answer {
  readonly response: string;
  readonly action?: TriggerAction;
}

export interface OfferedAnswer {
  readonly label: string;
  readonly answer: Answer;
  readonly look: 'primary' | 'plain';
}

/** The answers that are one press away, in the order of their keys 1-9. */
export function offeredAnswers(trigger: TriggerView): OfferedAnswer[] {
  switch (trigger.type) {
    case 'ask_user_question':
      return (trigger.options ?? []).map(({ label }) => ({ label, answer: { response: label }, look: 'plain' }));
    case 'plan_review':
      return [{ label: 'Approve', answer: { response: 'Approved.', action: 'approve' }, look: 'primary' }];
    case 'permission_request':
      return permissionAnswers(trigger);
    case 'session_complete':
    case 'session_error':
      return [{ label: 'Acknowledge', answer: { response: '', action: 'acknowledge' }, look: 'plain' }];
  }
}

/** It lets the agent go on as it wants. */
export function isYes({ answer: { action } }: OfferedAnswer): boolean {
  return action === 'allow' || action === 'allow_always' || action === 'approve';
}

/** The answer of a trigger that says the same as one of another trigger; the agents' own ids for it may differ. */
export function sameAnswer(trigger: TriggerView, { label, answer }: OfferedAnswer): Answer | undefined {
  const offered = offeredAnswers(trigger);
  return offered.find((other) => other.label === label && other.answer.action === answer.action)?.answer;
}

/** The agent's own words where it gave some; else allow and deny. Always both a yes and a no. */
function permissionAnswers({ options = [] }: TriggerView): OfferedAnswer[] {
  const offered = options.flatMap(({ id, label, kind }): OfferedAnswer[] => {
    const action = kind === undefined ? undefined : PERMISSION_ACTIONS[kind];
    return action === undefined
      ? []
      : [{ label, answer: { response: id, action }, look: action === 'allow' ? 'primary' : 'plain' }];
  });
  if (!offered.some(({ answer }) => answer.action === 'allow'))
    offered.unshift({ label: 'Allow once', answer: { response: 'allow', action: 'allow' }, look: 'primary' });
  if (!offered.some(({ answer }) => answer.action === 'deny'))
    offered.push({ label: 'Deny', answer: { response: 'deny', action: 'deny' }, look: 'plain' });
  return offered;
}

const PERMISSION_ACTIONS: Readonly<Record<string, TriggerAction>> = {
  allow_once: 'allow',
  allow_always: 'allow_always',
  reject_once: 'deny',
  reject_always: 'deny',
};

/** What free text means for this kind, and how the button that sends it is called. */
export interface TextAnswer {
  readonly label: string;
  readonly send: string;
  /** What the text begins as. */
  readonly initial: string;
  readonly action: TriggerAction | undefined;
}

export function textAnswers(trigger: TriggerView): TextAnswer[] {
  switch (trigger.type) {
    case 'ask_user_question':
      return [{ label: 'Your answer', send: 'Reply', initial: '', action: undefined }];
    case 'plan_review':
      return [
        { label: 'The plan as it should be', send: 'Edit', initial: trigger.text, action: 'edit' },
        { label: 'Why not', send: 'Reject', initial: '', action: 'reject' },
      ];
    case 'permission_request':
      return [{ label: 'Why not', send: 'Deny with reason', initial: '', action: 'deny' }];
    case 'session_complete':
    case 'session_error':
      return [];
  }
}
