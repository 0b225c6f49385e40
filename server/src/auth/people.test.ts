import { newId, type SignInView, type EndpointResponse, type Api, type PersonView } from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, startTestRelay, until, type Answer, type TestRelay } from '../testing.ts';
import { Browser } from './testing.ts';

let relay: TestRelay;
let owner: Browser;
beforeAll(async () => {
  relay = await startTestRelay();
  owner = await Browser.withCode(relay, await relay.createSignInCode());
});
afterAll(() => relay.stop());

const codeOf = ({ body }: Answer) => (body as { error: { code: string } }).error.code;
const said = ({ status, body }: Answer) => {
  const { code, message } = (body as { error: { code: string; message: string } }).error;
  return { status, code, message };
};

type Invited = EndpointResponse<Api['createPerson']>;
let count = 0;
async function invite(role: 'owner' | 'operator' | 'viewer', password?: string) {
  const name = `person ${++count}`;
  const { person, invitation } = (await owner.post('/people', { name, role })).body as Invited;
  const browser = new Browser(relay);
  expect((await browser.post('/auth/setup', { code: invitation.code, password })).status).toBe(200);
  return { name, person, browser };
}

describe('the first person', () => {
  it('AUTH-1 comes in by a one-time code, is the owner, and may set a password on the way', async () => {
    const fresh = await startTestRelay();
    const browser = new Browser(fresh);
    expect((await browser.get('/auth/ways')).body).toEqual({ setUp: false });
    const code = await fresh.createSignInCode();
    const short = await browser.post('/auth/setup', { code, name: 'zoe', password: 'short' });
    expect([short.status, codeOf(short)]).toEqual([400, 'bad_request']);
    const done = await browser.post('/auth/setup', { code, name: 'zoe', password: 'a long password' });
    expect(done.body).toMatchObject({ name: 'zoe' });
    expect((await browser.get('/auth/me')).body).toMatchObject({
      name: 'zoe',
      kind: 'person',
      role: 'owner',
      hasPassword: true,
    });
    expect((await browser.get('/auth/ways')).body).toEqual({ setUp: true });
    const again = new Browser(fresh);
    expect((await again.post('/auth/setup', { code, name: 'eve' })).status).toBe(401);
    expect((await again.post('/auth/sign-in', { name: 'ZOE', password: 'a long password' })).status).toBe(200);
    await fresh.stop();
  });

  it('AUTH-1 is the owner also when others were made before by the command line', async () => {
    const fresh = await startTestRelay();
    const made = await fresh.call('POST', '/api/v1/people', { body: { name: 'guest', role: 'viewer' } });
    expect(made.status).toBe(201);
    const browser = new Browser(fresh);
    expect((await browser.get('/auth/ways')).body).toEqual({ setUp: false });
    const code = await fresh.createSignInCode();
    expect((await browser.post('/auth/setup', { code, name: 'zoe' })).status).toBe(200);
    expect((await browser.get('/auth/me')).body).toMatchObject({ name: 'zoe', role: 'owner' });
    await fresh.stop();
  });

  it('AUTH-1 is one, however many set the relay up at the same time', async () => {
    const fresh = await startTestRelay();
    const codes = await Promise.all(Array.from({ length: 4 }, () => fresh.createSignInCode()));
    const answers = await Promise.all(
      codes.map((code, at) => new Browser(fresh).post('/auth/setup', { code, name: `first ${at}` })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    const { people } = (await fresh.call('GET', '/api/v1/people')).body as { people: PersonView[] };
    expect(people).toHaveLength(1);
    await fresh.stop();
  });
});

describe('owners', () => {
  it('AUTH-3 cannot take their rights from each other until none is left', async () => {
    const fresh = await startTestRelay();
    const make = async (name: string) =>
      ((await fresh.call('POST', '/api/v1/people', { body: { name, role: 'owner' } })).body as Invited).person.id;
    const owners = await Promise.all(['one', 'two', 'three'].map(make));
    const answers = await Promise.all(
      owners.map((id) => fresh.call('POST', `/api/v1/people/${id}`, { body: { role: 'viewer' } })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 409]);
    const { people } = (await fresh.call('GET', '/api/v1/people')).body as { people: PersonView[] };
    expect(people.filter(({ role }) => role === 'owner')).toHaveLength(1);
    await fresh.stop();
  });
});

describe('a password', () => {
  it('AUTH-2 is refused in the same words for a wrong one, an unknown name, and somebody who is disabled', async () => {
    const { name, person } = await invite('viewer', 'correct horse');
    const trial = (as: string, password: string) => new Browser(relay).post('/auth/sign-in', { name: as, password });
    expect((await trial(name, 'correct horse')).status).toBe(200);
    const wrong = said(await trial(name, 'battery staple'));
    expect(said(await trial('nobody at all', 'battery staple'))).toEqual(wrong);
    await owner.post(`/people/${person.id}`, { disabled: true });
    expect(said(await trial(name, 'correct horse'))).toEqual(wrong);
    const stored = JSON.stringify(await relay.store.get('system', { kind: 'person', id: person.id }));
    expect(stored).toContain('scrypt$');
    expect(stored).not.toContain('correct horse');
  });

  it('AUTH-2 cannot be guessed: an account and an address take ten wrong ones', async () => {
    const fresh = await startTestRelay();
    const browser = await Browser.withCode(fresh, await fresh.createSignInCode());
    await browser.post('/auth/password', { password: 'a long password' });
    const answers: Answer[] = [];
    for (let at = 0; at < 11; at++)
      answers.push(await new Browser(fresh).post('/auth/sign-in', { name: 'ann', password: `guess ${at}` }));
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    await fresh.stop();
  });

  it('needs the one before to be changed, and signs other devices out', async () => {
    const { name, browser } = await invite('operator', 'the first password');
    const other = new Browser(relay);
    await other.post('/auth/sign-in', { name, password: 'the first password' });
    const change = (current: string) => browser.post('/auth/password', { current, password: 'the second password' });
    expect((await change('not this')).status).toBe(403);
    expect((await change('the first password')).status).toBe(200);
    await until(async () => (await other.get('/auth/me')).status === 401);
    expect((await browser.get('/auth/me')).status).toBe(200);
  });
});

describe('a role', () => {
  it('AUTH-3 bounds what its people may do', async () => {
    const viewer = (await invite('viewer')).browser;
    const operator = (await invite('operator')).browser;
    const status = async (who: Browser, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
      (await who.call(method, path, body)).status;
    for (const who of [viewer, operator, owner]) expect(await status(who, 'GET', '/sessions')).toBe(200);
    expect(await status(viewer, 'POST', '/sessions', { prompt: 'x' })).toBe(403);
    expect(await status(operator, 'POST', '/sessions', { prompt: 'x' })).toBe(409);
    // The same for a session that there is not.
    expect(await status(viewer, 'DELETE', `/sessions/${newId('session')}`)).toBe(403);
    expect(await status(operator, 'GET', '/people')).toBe(403);
    expect(await status(operator, 'POST', '/relay/backup')).toBe(403);
    expect(await status(owner, 'GET', '/people')).toBe(200);
  });

  it('AUTH-4 that changes cuts live connections, and counts for the next one', async () => {
    const { person, browser } = await invite('operator');
    const bystander = await owner.socket();
    const socket = await browser.socket();
    await owner.post(`/people/${person.id}`, { role: 'viewer' });
    await until(() => !socket.connected);
    expect((await browser.get('/auth/me')).body).toMatchObject({ role: 'viewer', scopes: ['read', 'keys'] });
    expect((await browser.post('/sessions', { prompt: 'x' })).status).toBe(403);
    expect(bystander.connected).toBe(true);
    bystander.close();
  });

  it('never leaves nobody who could let people in', async () => {
    const { people } = (await owner.get('/people')).body as { people: PersonView[] };
    const me = people.find(({ name }) => name === 'ann');
    const answer = await owner.post(`/people/${me?.id}`, { disabled: true });
    expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
    expect((await owner.post(`/people/${me?.id}`, { role: 'viewer' })).status).toBe(409);
  });
});

describe('somebody who is disabled', () => {
  it('AUTH-4 is out at once, with sockets, devices, keys and links', async () => {
    const { person, browser } = await invite('operator', 'a long password');
    const { secret } = (await browser.post('/keys', { kind: 'user', name: 'theirs' })).body as { secret: string };
    const socket = await browser.socket();
    const byKey = await connect(relay, '/viewer', { auth: { key: secret } });
    const { body } = await owner.post(`/people/${person.id}`, { disabled: true });
    expect(body).toMatchObject({ disabledAt: expect.any(Number) });
    await until(() => !socket.connected && !byKey.connected);
    expect((await browser.get('/auth/me')).status).toBe(401);
    expect((await browser.refresh()).status).toBe(401);
    expect((await relay.call('GET', '/api/v1/auth/me', { key: secret })).status).toBe(401);
    await owner.post(`/people/${person.id}`, { disabled: false });
    expect((await browser.get('/auth/me')).status).toBe(401);
    expect((await relay.call('GET', '/api/v1/auth/me', { key: secret })).status).toBe(200);
  });
});

describe('devices', () => {
  it('are listed, named and signed out, one or all', async () => {
    const { name, browser } = await invite('viewer', 'a long password');
    const [second, third] = [new Browser(relay), new Browser(relay)];
    for (const device of [second, third]) await device.post('/auth/sign-in', { name, password: 'a long password' });
    const list = async () => ((await browser.get('/auth/devices')).body as { devices: SignInView[] }).devices;
    expect(await list()).toHaveLength(3);
    const own = (await list()).find(({ current }) => current);
    expect((await browser.post(`/auth/devices/${own?.id}`, { name: 'kitchen' })).body).toMatchObject({
      name: 'kitchen',
    });
    const mine = ((await second.get('/auth/devices')).body as { devices: SignInView[] }).devices.find(
      ({ current }) => current,
    );
    const socket = await second.socket();
    expect((await owner.call('DELETE', `/auth/devices/${mine?.id}`)).status).toBe(404);
    expect((await browser.call('DELETE', `/auth/devices/${mine?.id}`)).status).toBe(200);
    await until(() => !socket.connected);
    expect(await list()).toHaveLength(2);
    await browser.post('/auth/sign-out/devices', { others: true });
    expect((await list()).map((device) => device.name)).toEqual(['kitchen']);
    await until(async () => (await third.get('/auth/me')).status === 401);
  });
});
