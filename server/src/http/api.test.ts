import { API, newId, type Api, type EndpointSpec, type SessionId } from '@treeline/shared';
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRelay, testProfile, TestRunner, until, type CallOptions, type TestRelay } from '../testing.ts';

let relay: TestRelay;
let runner: TestRunner;
beforeAll(async () => {
  relay = await startTestRelay();
  runner = await TestRunner.join(relay);
  await runner.hello(relay);
});
afterAll(() => relay.stop());

const seen = new Set<keyof Api>();

/** Calls an endpoint and holds the answer to its declaration: its status, its schema, and nothing beyond it. */
async function call<K extends keyof Api>(
  name: K,
  options: CallOptions & { id?: string; query?: string; status?: number } = {},
): Promise<z.output<Api[K]['response']>> {
  const spec: EndpointSpec = API[name];
  const { id = '', query = '', status = spec.status ?? 200, ...rest } = options;
  const answer = await relay.call(spec.method.toUpperCase(), `/api/v1${spec.path.replace(':id', id)}${query}`, rest);
  expect(answer).toMatchObject({ status });
  const parsed = spec.response.parse(answer.body);
  expect(answer.body).toEqual(parsed);
  seen.add(name);
  return parsed as z.output<Api[K]['response']>;
}

async function ask(session: SessionId) {
  const triggerId = newId('trigger');
  await runner.send(
    runner.fact(session, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which one?' } }),
  );
  return triggerId;
}

/** They need a person, a runner’s link or a device: not tried here. Those of passkeys are tried with a browser, those of OIDC with a provider. */
const TRIED_ELSEWHERE = [
  'addDevice',
  'addPasskey',
  'beginOidc',
  'beginPasskey',
  'beginPasskeySignIn',
  'changeDevice',
  'changePerson',
  'createPerson',
  'createShare',
  'finishOidc',
  'getNotifications',
  'getRunner',
  'getShare',
  'invitePerson',
  'listAllShares',
  'listDevices',
  'listPasskeys',
  'listPeople',
  'listShares',
  'orderRunner',
  'refresh',
  'removeDevice',
  'removePasskey',
  'removeRunner',
  'removeTopic',
  'renameDevice',
  'revokeShare',
  'rotateKey',
  'rotateSigningKeys',
  'seeNotification',
  'setNotifications',
  'setPassword',
  'setTopic',
  'setUp',
  'signInWays',
  'signInWithPasskey',
  'signOutDevice',
  'signOutDevices',
  'testNotification',
] as const satisfies readonly (keyof typeof API)[];

describe('the API', () => {
  it('answers a second request with the same key as the first, with 200', async () => {
    const body = { prompt: 'hello', key: 'once', runnerId: runner.profile.id };
    const first = await call('createSession', { body });
    const second = await call('createSession', { body, status: 200 });
    expect(second.id).toBe(first.id);
    const other = await relay.call('POST', '/api/v1/sessions', { body: { ...body, prompt: 'other' } });
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'key_reused' } } });
  });

  it('answers as it declares', async () => {
    const { id } = await call('createSession', { body: { prompt: 'hello', runnerId: runner.profile.id } });
    await until(() => runner.inbox.get(id)?.length === 1);
    await runner.send(runner.fact(id, { kind: 'state', state: 'running' }), runner.say(id, 'words'));
    const child = newId('session');
    await runner.send(runner.fact(id, { kind: 'spawn', sessionId: child, spec: { prompt: 'help' } }));
    await until(() => runner.inbox.get(child)?.length === 1);
    await runner.send(runner.fact(child, { kind: 'state', state: 'running' }));

    expect((await call('listSessions', { query: `?root=${id}&limit=1` })).sessions).toHaveLength(1);
    expect(await call('getSession', { id })).toMatchObject({ id, status: 'working' });
    expect((await call('getSessionTree', { id })).children.map(({ session }) => session.id)).toEqual([child]);
    expect((await call('readLog', { id, query: '?after=1-1&limit=1' })).next).toBe('1-2');
    expect((await call('sendMessage', { id, body: { text: 'more', deliverAs: 'steer' } })).position).toBe(2);

    const [first, second] = [await ask(child), await ask(child)];
    expect((await call('listTriggers', { query: `?session=${child}` })).triggers.map((trigger) => trigger.id)).toEqual([
      first,
      second,
    ]);
    expect(await call('getTrigger', { id: first })).toMatchObject({ parentId: id });
    expect(await call('escalateTrigger', { id: first, body: { context: 'not mine' } })).toMatchObject({
      state: { state: 'escalated' },
    });
    const later = Date.now() + 60_000;
    expect(await call('snoozeTrigger', { id: first, body: { until: later } })).toMatchObject({ snoozedUntil: later });
    expect(await call('describeSession', { id, body: { title: 'Lead', labels: { team: 'blue' } } })).toMatchObject({
      title: 'Lead',
      labels: { team: 'blue' },
    });
    expect(await call('respondToTrigger', { id: first, body: { response: 'red' } })).toMatchObject({
      state: { state: 'answered', response: 'red' },
    });

    expect((await call('stopSession', { id, body: { tree: true } })).stopping.toSorted()).toEqual(
      [id, child].toSorted(),
    );
    await runner.send(
      runner.fact(child, { kind: 'end', triggerId: newId('trigger'), outcome: 'cancelled', reason: 'cancelled' }),
    );
    expect(await call('deleteSession', { id: child })).toEqual({ deleted: child });

    expect((await call('listRunners')).runners).toHaveLength(1);
    const made = await call('createKey', { body: { kind: 'user', name: 'script' } });
    expect((await call('listKeys')).keys.map((key) => key.id)).toContain(made.key.id);
    expect(await call('revokeKey', { id: made.key.id })).toMatchObject({ ended: 'revoked' });
    await call('joinRunner', { key: await relay.joinToken(), body: { runner: testProfile(undefined, 'beta') } });

    expect(await call('whoAmI')).toMatchObject({ name: 'ann', kind: 'key' });
    expect((await call('createBackup')).bytes).toBeGreaterThan(0);
    const { lines } = await call('listAudit', { query: `?session=${child}` });
    expect(lines.map(({ action, outcome }) => `${action} ${outcome}`)).toContain('deleteSession done');
    const { code } = await call('createSignInCode');
    await call('signIn', { key: null, body: { code } });
    await call('signOut');
    expect([...seen, ...TRIED_ELSEWHERE].toSorted()).toEqual(Object.keys(API).toSorted());
  });
});
