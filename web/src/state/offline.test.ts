import { describe, expect, test } from 'vitest';
import { awayWords, whyNotNow } from './away-words.ts';
import { deafSince, deviceName, pushObstacle, type PushGround } from './device-words.ts';
import { freshOnes, waitingIds } from './news.ts';
import { nextToSend, withRefusal, without, type Outgoing } from './outbox.ts';
import { fromSaved, toSaved } from './saved-world.ts';
import { session, trigger } from './testing.ts';
import { NOTHING, withLink, withSessions, withTrigger, type World } from './world.ts';

const seen = { at: 1, byMe: false };
const online = (world: World) => withLink(world, 'online', { now: 5 });
const message = (key: string, sessionId: string, rest: Partial<Outgoing> = {}): Outgoing => ({
  key,
  sessionId: sessionId as never,
  text: key,
  deliverAs: 'followUp',
  at: 1,
  ...rest,
});

describe('what is kept for when there is no relay', () => {
  test('is the inbox with the sessions it is about, then the live ones, then the newest: fifty', () => {
    const old = session('0000', { lifecycle: ended() });
    const live = session('0001');
    const others = Array.from({ length: 80 }, (_, at) =>
      session(`b${String(at).padStart(3, '0')}`, { lifecycle: ended() }),
    );
    const question = trigger('q', { sessionId: old.id, path: [{ id: old.id, title: 'old' }] });
    const answered = trigger('a', { state: { state: 'expired', at: 3 } });
    let world = withSessions(NOTHING, [old, live, ...others]);
    for (const one of [question, answered]) world = withTrigger(world, one, seen);
    const saved = toSaved(online(world), 77);
    expect(saved.sessions).toHaveLength(50);
    const ids = saved.sessions.map(({ id }) => id);
    expect(ids).toContain(old.id);
    expect(ids).toContain(live.id);
    expect(ids).toContain(others.at(-1)?.id);
    expect(saved.triggers.map(({ id }) => id)).toEqual([question.id]);
  });

  test('comes back with its time, readable and not to be acted on', () => {
    const world = withTrigger(withSessions(NOTHING, [session('a')]), trigger('q'), seen);
    const back = fromSaved(structuredClone(toSaved(online(world), 77)));
    expect(back).toMatchObject({ access: 'signed_in', loaded: true, asOf: 77, link: 'connecting' });
    expect([back.sessions.size, back.triggers.size]).toEqual([1, 1]);
    expect(whyNotNow(back.link)).toBeDefined();
    expect(withLink(back, 'offline', { now: 99, away: 'no_network' })).toMatchObject({ asOf: 77, away: 'no_network' });
    expect(online(back).asOf).toBeUndefined();
  });
});

describe('messages on their way', () => {
  test('go in the order of each session, and a refused one holds only its own session up', () => {
    const waiting = [message('a1', 'a'), message('a2', 'a'), message('b1', 'b')];
    expect(nextToSend(waiting)?.key).toBe('a1');
    const refused = withRefusal(waiting, 'a1', { what: 'ended', hint: 'start another' });
    expect(nextToSend(refused)?.key).toBe('b1');
    expect(nextToSend(without(refused, 'b1'))).toBeUndefined();
    expect(nextToSend(withRefusal(refused, 'a1', undefined))?.key).toBe('a1');
    expect(nextToSend(without(refused, 'a1'))?.key).toBe('a2');
  });
});

describe('news', () => {
  test('is what begins to wait for people while the relay is heard, and nothing that was there before', () => {
    const before = withTrigger(NOTHING, trigger('old'), seen);
    expect(waitingIds(before)).toBeUndefined();
    const known = waitingIds(online(before));
    const later = [
      trigger('new'),
      trigger('parent', { state: { state: 'delivered', at: 2 } }),
      trigger('stopped', { type: 'session_error', reason: 'cancelled' }),
    ].reduce((world, one) => withTrigger(world, one, seen), online(before));
    expect(freshOnes(later, known ?? new Set()).map(({ id }) => id)).toEqual([trigger('new').id]);
  });
});

describe('devices', () => {
  const ground: PushGround = {
    secure: true,
    host: 'relay.test',
    hasWorker: true,
    hasPush: true,
    appleTouch: false,
    installed: false,
    permission: 'default',
  };
  test('that cannot take pushes say why, and what to do', () => {
    expect(pushObstacle(ground)).toBeUndefined();
    expect(pushObstacle({ ...ground, secure: false, hasPush: false })?.hint).toContain('--public-url');
    expect(pushObstacle({ ...ground, appleTouch: true, hasPush: false })?.hint).toContain('Home Screen');
    expect(pushObstacle({ ...ground, appleTouch: true, installed: true })).toBeUndefined();
    expect(pushObstacle({ ...ground, hasPush: false })?.hint).toContain('ntfy');
    expect(pushObstacle({ ...ground, permission: 'denied' })?.what).toContain('blocked');
  });
  test('look deaf when a push has not arrived for half an hour', () => {
    expect(deafSince({}, 1e9)).toBeUndefined();
    expect(deafSince({ unseenSince: 1_000 }, 60_000)).toBeUndefined();
    expect(deafSince({ unseenSince: 1_000 }, 31 * 60_000)).toBe(1_000);
  });
  test.each([
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Linux'],
    ['curl/8', 'Browser on a device'],
  ])('are named by what they are: %s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });
});

test('a relay that restarts is told from one that is silent and from no network', () => {
  const words = (['no_network', 'restarting', 'silent'] as const).map((away) => awayWords(away).what);
  expect(new Set(words).size).toBe(3);
});

function ended() {
  return { state: 'ended', since: 1, outcome: 'completed', reason: 'ok', resumable: false } as const;
}
