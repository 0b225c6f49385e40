/** The words that tables and trees show for states, each with its mark and colour. */
import {
  type Actor,
  isBlocking,
  type RunnerView,
  type SessionView,
  type TriggerType,
  type TriggerView,
} from '@treeline/shared';
import { formatAge } from '../time.ts';
import type { Look } from './output.ts';

type Tone = 'plain' | 'good' | 'bad' | 'attention' | 'quiet';
type Mark = 'active' | 'pending' | 'idle' | 'attention' | 'done' | 'failed' | 'stopped';

interface Word {
  readonly mark: Mark;
  readonly word: string;
  readonly tone: Tone;
}

const STATUS: Readonly<Record<SessionView['status'], Word>> = {
  queued: { mark: 'pending', word: 'queued', tone: 'quiet' },
  starting: { mark: 'pending', word: 'starting', tone: 'plain' },
  working: { mark: 'active', word: 'working', tone: 'plain' },
  needs_you: { mark: 'attention', word: 'needs you', tone: 'attention' },
  waiting_for_parent: { mark: 'pending', word: 'asks parent', tone: 'plain' },
  waiting_for_child: { mark: 'idle', word: 'waits for child', tone: 'plain' },
  idle: { mark: 'idle', word: 'idle', tone: 'plain' },
  asleep: { mark: 'idle', word: 'asleep', tone: 'quiet' },
  completed: { mark: 'done', word: 'done', tone: 'good' },
  failed: { mark: 'failed', word: 'failed', tone: 'bad' },
  cancelled: { mark: 'stopped', word: 'stopped', tone: 'quiet' },
  lost: { mark: 'failed', word: 'lost', tone: 'bad' },
  runner_offline: { mark: 'pending', word: 'runner offline', tone: 'attention' },
};

export function statusText(status: SessionView['status'], look: Look): string {
  return markedText(STATUS[status], look);
}

export function runnerText(runner: RunnerView, look: Look): string {
  const words: Readonly<Record<RunnerView['presence']['state'], Word>> = {
    online: { mark: 'active', word: 'online', tone: 'good' },
    offline: { mark: 'idle', word: 'offline', tone: 'attention' },
    new: { mark: 'pending', word: 'never online', tone: 'quiet' },
  };
  const state = words[runner.presence.state];
  if (runner.copy === undefined) return markedText(state, look);
  return markedText({ mark: 'failed', word: `${state.word}, copied`, tone: 'bad' }, look);
}

/** What is wrong when a runner has been copied, and what to do; undefined when it has not. */
export function copyText({ copy, profile }: Pick<RunnerView, 'copy' | 'profile'>, now: number): string | undefined {
  if (copy === undefined) return undefined;
  const often = copy.times === 1 ? 'once' : `${copy.times} times`;
  return (
    `Two daemons have the identity of ${profile.name}: one was refused ${often}, last ${formatAge(now - copy.last)} ago. ` +
    'Stop one of the two; where the folder was copied to, remove it and join that machine by itself.'
  );
}

export function triggerStateText({ state, type }: Pick<TriggerView, 'state' | 'type'>, look: Look): string {
  // A notice asks for nothing: it is over when its parent has it.
  if (state.state === 'delivered' && !isBlocking(type))
    return markedText({ mark: 'done', word: 'delivered', tone: 'quiet' }, look);
  const words: Readonly<Record<TriggerView['state']['state'], Word>> = {
    created: { mark: 'pending', word: 'with parent', tone: 'plain' },
    delivered: { mark: 'pending', word: 'with parent', tone: 'plain' },
    escalated: { mark: 'attention', word: 'needs you', tone: 'attention' },
    answered: { mark: 'done', word: 'answered', tone: 'good' },
    expired: { mark: 'stopped', word: 'expired', tone: 'quiet' },
    cancelled: { mark: 'stopped', word: 'cancelled', tone: 'quiet' },
    failed: { mark: 'failed', word: 'failed', tone: 'bad' },
  };
  return markedText(words[state.state], look);
}

export const TRIGGER_WORDS: Readonly<Record<TriggerType, string>> = {
  ask_user_question: 'question',
  plan_review: 'plan',
  permission_request: 'permission',
  session_complete: 'completed',
  session_error: 'error',
};

export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return actor.name;
    case 'session':
      return actor.id;
    case 'relay':
      return 'the relay';
  }
}

export type CheckResult = 'ok' | 'warn' | 'fail';

export function checkText(result: CheckResult, look: Look): string {
  const tones: Readonly<Record<CheckResult, Tone>> = { ok: 'good', warn: 'attention', fail: 'bad' };
  return tint(result.padEnd(4), tones[result], look);
}

function markedText({ mark, word, tone }: Word, look: Look): string {
  return tint(`${look.symbols[mark]} ${word}`, tone, look);
}

function tint(text: string, tone: Tone, { colors }: Look): string {
  switch (tone) {
    case 'plain':
      return text;
    case 'good':
      return colors.green(text);
    case 'bad':
      return colors.red(text);
    case 'attention':
      return colors.yellow(text);
    case 'quiet':
      return colors.dim(text);
  }
}
