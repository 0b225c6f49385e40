import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, ERRORS } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCredentials } from './credentials.ts';
import { openHome, type Home } from './home.ts';
import { ensureIdentity } from './identity.ts';
import { joinRelay } from './join.ts';

let base: string;
let home: Home;
let server: Server;
let url: string;
/** What reached the relay. */
let asked: { authorization: string | undefined; body: { runner: Record<string, unknown> } }[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'treeline-join-'));
  home = await openHome(join(base, 'home'));
  asked = [];
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const body = API.joinRunner.body.parse(JSON.parse(text));
      asked.push({ authorization: request.headers.authorization, body });
      const good = request.headers.authorization === 'Bearer good' && request.url === '/api/v1/runners/join';
      const { id } = body.runner;
      const runner = { id, profile: body.runner, presence: { state: 'new' }, joinedAt: 1, online: false, sessions: 0 };
      const problem = { code: 'unauthenticated', message: 'used', hint: ERRORS.unauthenticated.hint };
      response.writeHead(good ? 201 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(good ? { runner, key: 'the key', publicUrl: url } : { error: problem }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.close();
  await rm(base, { recursive: true, force: true });
});

const joinWith = (token: string): Promise<unknown> =>
  joinRelay({ home, url, token, name: 'kitchen', labels: { room: 'kitchen' }, env: { PATH: '' }, version: '1' });

describe('joining', () => {
  it('trades the token for a key that only the owner can read, and keeps the token nowhere', async () => {
    await joinWith('good');
    expect(asked[0]?.body.runner).toMatchObject({ name: 'kitchen', labels: { room: 'kitchen' }, version: '1' });
    expect(asked[0]?.body.runner['id']).toBe((await ensureIdentity(home)).id);
    expect(await readCredentials(home)).toEqual({ relays: [url], key: 'the key' });
    expect((await stat(home.credentials)).mode & 0o777).toBe(0o600);
    for (const file of [home.credentials, home.identity, home.config]) {
      expect(await readFile(file, 'utf8')).not.toContain('good');
    }
  });

  it('keeps its identity when it joins again', async () => {
    await joinWith('good');
    await joinWith('good');
    expect(asked[1]?.body.runner['id']).toBe(asked[0]?.body.runner['id']);
  });

  it('leaves nothing behind when the relay says no', async () => {
    await expect(joinWith('bad')).rejects.toThrow('used');
    await expect(readCredentials(home)).rejects.toThrow('has not joined');
  });
});
