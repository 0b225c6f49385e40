/** The words of a notification. */
import { type NotifyEvent, type Privacy, type TriggerType } from '@treeline/shared';
import type { SessionRecord, TriggerRecord } from '../records.ts';
import { nameOf } from '../actor-name.ts';
import type { World } from '../world.ts';
import type { Subject } from './records.ts';

const TITLE_CHARS = 90;
/** A push carries 4 KB at most, and a character can take four bytes. */
const BODY_CHARS = 500;
const ANSWER_CHARS = 40;
const MAX_ANSWERS = 2;

export interface Note {
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  /** Path of the viewer. */
  readonly path: string;
  readonly answers: readonly string[];
}

/** About the tree, by the title of its root. */
export function compose(world: World, subject: Subject, event: NotifyEvent, privacy: Privacy): Note {
  const { root, trigger } = load(world, subject);
  const name = cut(root?.title ?? trigger?.title ?? 'A session', TITLE_CHARS);
  return {
    tag: subject.id,
    title: `${name} ${EVENT_WORDS[event]}`,
    body: privacy === 'full' ? fullBody(root, trigger) : privateBody(trigger),
    path: subject.kind === 'trigger' ? `/inbox/${subject.id}` : `/s/${subject.id}`,
    answers: privacy === 'full' && trigger !== undefined ? quickAnswers(trigger) : [],
  };
}

/** How it ended, for where the notification cannot be taken away. */
export function endWords(world: World, subject: Subject): string {
  if (subject.kind === 'session') return world.get('session', subject.id) === undefined ? 'Deleted' : 'It goes on';
  const trigger = world.get('trigger', subject.id);
  const state = trigger?.state;
  switch (state?.state) {
    case 'answered':
      return `Answered by ${cut(nameOf(state.by), TITLE_CHARS)}`;
    case 'expired':
      return 'Expired without an answer';
    case 'cancelled':
    case 'failed':
      return 'No longer asked';
    default:
      return trigger?.snoozedUntil === undefined ? 'No longer waits for you' : 'Put off';
  }
}

const EVENT_WORDS: Readonly<Record<NotifyEvent, string>> = {
  needs_you: 'needs you',
  failed: 'failed',
  completed: 'is done',
};

const ASKS: Readonly<Record<TriggerType, string>> = {
  ask_user_question: 'asks',
  plan_review: 'has a plan',
  permission_request: 'asks for permission',
  session_complete: 'is done',
  session_error: 'failed',
};

const WAITS: Readonly<Record<TriggerType, string>> = {
  ask_user_question: 'A question waits for you.',
  plan_review: 'A plan waits for you.',
  permission_request: 'A permission is asked for.',
  session_complete: 'A session is done.',
  session_error: 'A session failed.',
};

function load(world: World, subject: Subject): { root: SessionRecord | undefined; trigger: TriggerRecord | undefined } {
  if (subject.kind === 'session') return { root: world.get('session', subject.id), trigger: undefined };
  const trigger = world.get('trigger', subject.id);
  return { root: trigger === undefined ? undefined : world.get('session', trigger.rootId), trigger };
}

function fullBody(root: SessionRecord | undefined, trigger: TriggerRecord | undefined): string {
  if (trigger !== undefined) {
    const who = trigger.sessionId === trigger.rootId ? 'It' : cut(trigger.title, TITLE_CHARS);
    return cut(`${who} ${ASKS[trigger.type]}: ${trigger.text}`, BODY_CHARS);
  }
  if (root?.lifecycle.state !== 'ended') return '';
  const { outcome, summary, detail, reason } = root.lifecycle;
  return cut((outcome === 'completed' ? summary : detail) ?? reason, BODY_CHARS);
}

function privateBody(trigger: TriggerRecord | undefined): string {
  return trigger === undefined ? '' : WAITS[trigger.type];
}

/** Only a plain question is answered without opening it: plans and permissions deserve to be read. */
function quickAnswers({ type, options = [] }: TriggerRecord): string[] {
  const labels = options.map(({ label }) => label);
  const fits = labels.length > 0 && labels.length <= MAX_ANSWERS && labels.every((it) => it.length <= ANSWER_CHARS);
  return type === 'ask_user_question' && fits ? labels : [];
}

/** One line of visible characters. */
function cut(text: string, chars: number): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const all = Array.from(plain);
  return all.length <= chars ? plain : `${all.slice(0, chars - 1).join('')}…`;
}
