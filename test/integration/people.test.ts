/** People at the command line: they log in with what they have, look after their browsers, share what they show. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyView, SessionId, ShareView } from '@treeline/shared';
import { onEachStore, useRig } from '@treeline/test-support/rig.ts';
import { startSession } from '@treeline/test-support/sessions.ts';
import { expect, test } from 'vitest';

const PASSWORD = 'correct horse battery staple';

onEachStore('people at the command line', (store) => {
  const held = useRig({ store });
  const post = (path: string, body: unknown) =>
    fetch(`${held.rig.relay.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('a password, then a one-time code, buys a key of the person; the password stands nowhere', async () => {
    const { rig } = held;
    const { invitation } = await rig.api.createPerson({ body: { name: 'ann@example.org', role: 'operator' } });
    expect((await post('/auth/setup', { code: invitation.code, password: PASSWORD })).status).toBe(200);
    const home = await rig.makeFolder('elsewhere');
    const there = { env: { TREELINE_HOME: home } };

    const wrong = await rig.cli(['login', rig.relay.url, '--user', 'ann@example.org', '--json'], {
      ...there,
      stdin: 'no such password\n',
    });
    expect([wrong.code, wrong.problem().code]).toEqual([4, 'unauthenticated']);

    const right = await rig.cli(['login', rig.relay.url, '--user', 'ann@example.org'], {
      ...there,
      stdin: `${PASSWORD}\n`,
    });
    expect(right.stdout, right.stderr).toContain('as ann@example.org');
    const login = await readFile(join(home, 'login.json'), 'utf8');
    expect(login).toContain('tl_user_');
    expect(login + right.stdout + right.stderr).not.toContain(PASSWORD);

    // The sign-in that bought the key is over; the browser of the set-up is left.
    const devices = await rig.cli(['device', 'ls', '--json'], there);
    expect(devices.json<unknown[]>()).toHaveLength(1);
    expect((await rig.cli(['user', 'ls'], there)).code).toBe(4);
    const keys = await rig.cli(['key', 'ls', '--json'], there);
    expect(keys.json<KeyView[]>()).toMatchObject([{ kind: 'user', scopes: expect.not.arrayContaining(['people']) }]);

    const { code } = await rig.cli(['login', '--code', '--json'], there).then((made) => made.json<{ code: string }>());
    const again = await rig.cli(['login', rig.relay.url, '--one-time-code', '--json'], { ...there, stdin: code });
    expect(again.json()).toMatchObject({ name: 'ann@example.org', kind: 'key' });

    const out = await rig.cli(['device', 'revoke', '--all'], there);
    expect(out.stdout).toContain('one browser is signed out');
    expect((await rig.cli(['device', 'ls', '--json'], there)).json()).toEqual([]);

    // What the login made ends with it; the key of the first login is left.
    const before = (await rig.cli(['key', 'ls', '--json'], there)).json<KeyView[]>();
    expect((await rig.cli(['logout', '--json'], there)).json()).toEqual({ loggedIn: false, revoked: true });
    const { keys: left } = await rig.api.listKeys();
    expect(left.filter(({ id, ended }) => before.some((key) => key.id === id) && ended === 'revoked')).toHaveLength(1);
  });

  test('a link is made, listed and ended', async () => {
    const { rig } = held;
    const runner = await rig.runner('kitchen-pi');
    const id: SessionId = await startSession(rig, { runner, prompt: [{ finish: 'done' }] });
    const made = await rig.cli(['share', 'create', id, '--tree', '--expires', '2h']);
    expect(made.stdout.trim()).toMatch(/\/share\/#tl_share_\w+$/);
    const secret = made.stdout.trim().split('#')[1] ?? '';
    const look = () => fetch(`${rig.relay.url}/api/v1/share`, { headers: { authorization: `Bearer ${secret}` } });
    expect(await (await look()).json()).toMatchObject({ sessionId: id, tree: true });
    const [share] = (await rig.cli(['share', 'ls', id, '--json'])).json<ShareView[]>();
    expect((await rig.cli(['share', 'ls', '-q'])).stdout.trim()).toBe(share?.id);
    expect((await rig.cli(['share', 'revoke', share?.id.slice(-6) ?? ''])).code).toBe(0);
    expect((await look()).status).toBe(401);
    expect((await rig.cli(['share', 'ls', id, '--json'])).json()).toEqual([]);
    expect((await rig.cli(['share', 'revoke', share?.id ?? '', '--json'])).code).toBe(0);
  });
});
