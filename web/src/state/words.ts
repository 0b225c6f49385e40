/** The words people read for states, each with a glyph and a tone: never colour alone. */
import type { Actor, SessionView, TriggerAction, TriggerType, TriggerView } from '@treeline/shared';

export type Tone = 'attention' | 'working' | 'waiting' | 'good' | 'bad' | 'quiet';

export interface Word {
  readonly text: string;
  readonly glyph: string;
  readonly tone: Tone;
}

type Status = SessionView['status'];

export const STATUS_WORDS: Readonly<Record<Status, Word>> = {
  needs_you: { text: 'needs you', glyph: '!', tone: 'attention' },
  working: { text: 'working', glyph: '▶', tone: 'working' },
  starting: { text: 'starting', glyph: '◌', tone: 'working' },
  queued: { text: 'queued', glyph: '⋯', tone: 'waiting' },
  waiting_for_parent: { text: 'waiting for parent', glyph: '↑', tone: 'waiting' },
  waiting_for_child: { text: 'waiting for child', glyph: '↓', tone: 'waiting' },
  runner_offline: { text: 'lost contact', glyph: '⚡', tone: 'bad' },
  idle: { text: 'idle', glyph: '○', tone: 'quiet' },
  asleep: { text: 'asleep', glyph: '☾', tone: 'quiet' },
  completed: { text: 'done', glyph: '✓', tone: 'good' },
  failed: { text: 'failed', glyph: '✕', tone: 'bad' },
  cancelled: { text: 'stopped', glyph: '■', tone: 'quiet' },
  lost: { text: 'lost', glyph: '✕', tone: 'bad' },
};

/** Worst first: what a root shows of everything below it. */
const URGENCY: readonly Status[] = [
  'needs_you',
  'runner_offline',
  'waiting_for_parent',
  'failed',
  'lost',
  'working',
  'starting',
  'queued',
  'waiting_for_child',
  'idle',
  'asleep',
  'cancelled',
  'completed',
];

export function urgency(status: Status): number {
  return URGENCY.indexOf(status);
}

export const TRIGGER_WORDS: Readonly<Record<TriggerType, Word>> = {
  ask_user_question: { text: 'Question', glyph: '?', tone: 'attention' },
  plan_review: { text: 'Plan', glyph: '☰', tone: 'attention' },
  permission_request: { text: 'Permission', glyph: '⚑', tone: 'attention' },
  session_complete: { text: 'Done', glyph: '✓', tone: 'good' },
  session_error: { text: 'Error', glyph: '✕', tone: 'bad' },
};

export const ACTION_WORDS: Readonly<Record<TriggerAction, string>> = {
  approve: 'Approved',
  edit: 'Sent back with changes',
  reject: 'Rejected',
  allow: 'Allowed once',
  allow_always: 'Always allowed',
  deny: 'Denied',
  acknowledge: 'Acknowledged',
};

/** Whoever did something; a session by the title that the viewer knows it by. */
export function actorName(actor: Actor, titleOf: (id: string) => string | undefined): string {
  switch (actor.kind) {
    case 'person':
      return actor.name;
    case 'session':
      return titleOf(actor.id) ?? 'a session';
    case 'relay':
      return 'the relay';
  }
}

/** How a trigger ended, in a sentence; undefined while it is open. */
export function endingOf(trigger: TriggerView, titleOf: (id: string) => string | undefined): string | undefined {
  const { state } = trigger;
  switch (state.state) {
    case 'answered': {
      const said = state.action === undefined ? 'Answered' : ACTION_WORDS[state.action];
      return `${said} by ${actorName(state.by, titleOf)}`;
    }
    case 'expired':
      return 'Expired: nobody answered in time. Nothing was decided.';
    case 'cancelled':
      return `Withdrawn: ${state.why}`;
    case 'failed':
      return `Failed: ${state.why}`;
    case 'created':
    case 'delivered':
    case 'escalated':
      return undefined;
  }
}
