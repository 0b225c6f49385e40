import type { TriggerView } from '@treeline/shared';
import { expect, test } from 'vitest';
import { isRunnerMeant, sortedRunners } from './runners.ts';
import { runner, session, trigger } from './testing.ts';
import {
  inboxOf,
  NOTHING,
  waitingForPeople,
  withLink,
  withOverview,
  withSessions,
  withTrigger,
  type World,
} from './world.ts';

const seen = { at: 1_000, byMe: false };
const with_ = (...triggers: TriggerView[]): World =>
  triggers.reduce((world, one) => withTrigger(world, one, seen), NOTHING);
const names = (world: World, now = 1_000) => inboxOf(world, now).map(({ id }) => id.replace(/^trg_0*/, ''));
const answered = (name: string, rest: object = {}): TriggerView =>
  trigger(name, {
    state: { state: 'answered', at: 1_000, by: { kind: 'person', name: 'Bea' }, response: 'yes', ...rest },
  });

test('the inbox begins with what is with people, oldest first, and shows what is still with a parent behind it', () => {
  const world = with_(
    trigger('young', { createdAt: 9 }),
    trigger('parent', { createdAt: 1, state: { state: 'delivered', at: 2 } }),
    trigger('old', { createdAt: 5 }),
  );
  expect(names(world)).toEqual(['old', 'young', 'parent']);
  expect(waitingForPeople(world)).toBe(2);
});

test('a notice is in the inbox only when no parent takes it, and not when somebody stopped the session', () => {
  const world = with_(
    trigger('told', { type: 'session_complete', state: { state: 'created' } }),
    trigger('orphan', { type: 'session_error' }),
    trigger('stopped', { type: 'session_error', reason: 'cancelled' }),
  );
  expect(names(world)).toEqual(['orphan']);
  expect(waitingForPeople(world)).toBe(1);
});

test('a card that somebody else closed says so for a while, and goes by itself', () => {
  const world = withTrigger(with_(trigger('a')), answered('a'), seen);
  expect(names(world, 2_000)).toEqual(['a']);
  expect(names(world, 60_000)).toEqual([]);
});

test('a trigger that was over before it was seen does not come up', () => {
  expect(names(with_(answered('a')))).toEqual([]);
});

test('an answer of this page stays until its agent has gone on', () => {
  const sent = withTrigger(with_(trigger('a')), answered('a'), { at: 1_000, byMe: true });
  expect(names(sent, 100_000)).toEqual(['a']);
  const resumed = withTrigger(sent, answered('a', { onRunnerAt: 1_100, resumedAt: 100_000 }), {
    at: 100_000,
    byMe: false,
  });
  expect(names(resumed, 101_000)).toEqual(['a']);
  expect(names(resumed, 120_000)).toEqual([]);
});

test('a reply that comes after newer news takes nothing back', () => {
  const world = withTrigger(with_(answered('a', { onRunnerAt: 2, resumedAt: 3 })), answered('a'), seen);
  expect(world.triggers.get(trigger('a').id)?.state).toMatchObject({ resumedAt: 3 });
  expect(withTrigger(world, trigger('a'), seen).triggers.get(trigger('a').id)?.state.state).toBe('answered');
});

test('after a break, what was live or open and is not in the overview is asked for', () => {
  const before = withSessions(with_(trigger('gone'), trigger('here')), [session('ended'), session('live')]);
  const { world, missing } = withOverview(before, {
    sessions: [session('live')],
    triggers: [trigger('here')],
    runners: [],
  });
  expect(missing).toEqual({ sessions: [session('ended').id], triggers: [trigger('gone').id] });
  expect(world.sessions.size).toBe(2);
});

test('offline says since when, and forgets it when the relay is back', () => {
  const online = withLink(NOTHING, 'online', { now: 5 });
  const offline = withLink(online, 'offline', { now: 7 });
  expect(offline.asOf).toBe(7);
  expect(withLink(withLink(offline, 'offline', { now: 9 }), 'online', { now: 11 }).asOf).toBeUndefined();
});

test('a machine is found by every word of its name, its labels, its agents and its state', () => {
  const pi = { ...runner('kitchen-pi'), online: true };
  const others = ['node-10', 'node-9'].map((name) => ({ ...runner(name), online: false }));
  const names = sortedRunners([...others, pi]).map(({ profile }) => profile.name);
  expect(names).toEqual(['kitchen-pi', 'node-9', 'node-10']);
  const labelled = { ...pi, profile: { ...pi.profile, labels: { room: 'attic' } } };
  for (const words of ['', 'KITCHEN', 'room=attic pi', pi.presence.state])
    expect(isRunnerMeant(labelled, words)).toBe(true);
  expect(isRunnerMeant(labelled, 'kitchen cellar')).toBe(false);
});
