/**
 * Secrets of every kind, made and used in a whole Treeline that logs all it can, rightly and wrongly: they are found
 * nowhere afterwards but where the one who holds them keeps them.
 */
import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteFromSources } from '@treeline/server/src/adapters/sqlite/from-sources.ts';
import type { Kind, Store } from '@treeline/server/src/ports/store.ts';
import { newId } from '@treeline/shared';
import { processesWith, startProgram } from '@treeline/test-support/processes.ts';
import { bundle } from '@treeline/test-support/programs.ts';
import { useRig, type Rig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { startSession, untilEnded, untilLogged } from '@treeline/test-support/sessions.ts';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signInAt, startProvider } from '../oidc/provider.ts';

const PASSWORD = 'canary horse battery staple';
const NTFY_TOKEN = 'tk_canary0123456789';
const REDIS_PASSWORD = 'canaryRedisPassword';
const KINDS: readonly Kind[] = [
  'session',
  'trigger',
  'runner',
  'credential',
  'person',
  'request',
  'recipient',
  'notice',
  'audit',
];

const provider = await startProvider({ allow: ['ann@example.org'] });

describe('secrets', () => {
  const held = useRig({ store: 'embedded', relayEnv: { ...provider.relayEnv, TREELINE_LOG_LEVEL: 'trace' } });
  afterAll(() => provider.close());
  /** What is planted, by what it is. */
  const planted = new Map<string, string>();
  let runner: RunnerProcess;
  let store: Store;

  beforeAll(async () => {
    const { rig } = held;
    runner = await rig.runner('alpha');
    const { key } = JSON.parse(await readFile(join(runner.home, 'credentials.json'), 'utf8')) as { key: string };
    planted.set('the key of a runner', key);
    const local = JSON.parse(await readFile(join(rig.relay.dataDir, 'local.json'), 'utf8')) as { key: string };
    planted.set('the key of the machine', local.key);
    for (const kind of ['user', 'hook', 'join'] as const)
      planted.set(`a ${kind} key`, (await rig.api.createKey({ body: { kind, name: kind } })).secret);
    await signIn(rig, planted);
    await signInElsewhere(rig);
    planted.set('the secret of the relay at another place', provider.secret);
    const session = await startSession(rig, { runner, prompt: [{ finish: 'ok' }] });
    await untilEnded(rig, session);
    const { url } = await rig.api.createShare({ params: { id: session }, body: {} });
    planted.set('a share link', new URL(url).hash.slice(1));
    await rig.api.setTopic({ body: { url: 'https://ntfy.example/canary', token: NTFY_TOKEN } });
    planted.set('an ntfy token', NTFY_TOKEN);
    store = await readStore(rig);
    await plantStored(store, planted);
    for (const secret of planted.values()) await misuse(rig, secret);
  });

  test('these are more than twelve kinds', () => {
    expect([...planted.keys()].length).toBeGreaterThanOrEqual(12);
    expect([...planted.values()].every((secret) => secret.length >= 8)).toBe(true);
  });

  test('are in no log, at the finest level, of the relay, the daemon or a worker', async () => {
    const { rig } = held;
    expect(rig.relay.log()).toContain('"level":20');
    expectNone('the log of the relay', rig.relay.log(), planted);
    for (const [path, text] of await textsBelow(join(runner.home, 'logs'))) expectNone(path, text, planted);
    for (const [path, text] of await textsBelow(join(runner.home, 'sessions'))) expectNone(path, text, planted);
  });

  test('EDGE-4 are in the store as a hash at most, but those that the relay itself has to show to others', async () => {
    const shown = new Map(planted);
    shown.delete('an ntfy token');
    for (const ns of ['main', 'system'])
      for (const kind of KINDS) {
        const rows = await store.list({ ns, kind, limit: 10_000 });
        expectNone(`${ns} ${kind}`, JSON.stringify(rows), shown);
      }
  });

  test('are not in what is told of who did what', async () => {
    expectNone('the audit', JSON.stringify(await held.rig.api.listAudit({ query: { limit: 500 } })), planted);
  });

  test('reach no agent, and stand in no list of processes', async () => {
    const { rig } = held;
    const session = await startSession(rig, { runner, agent: 'command', prompt: 'env; echo all-of-it; sleep 60' });
    await untilLogged(rig, session, 'all-of-it');
    const { frames } = await rig.api.readLog({ params: { id: session }, query: {} });
    const seen = JSON.stringify(frames);
    expect(seen).toContain('PATH=');
    expectNone('the environment of an agent', seen, planted);
    const processes = processesWith(rig.folder);
    expect(processes.length).toBeGreaterThanOrEqual(4);
    for (const { pid, command } of processes) {
      expectNone(`cmdline of ${command}`, proc(pid, 'cmdline'), planted);
      expectNone(`environ of ${command}`, proc(pid, 'environ'), planted);
    }
    await rig.api.stopSession({ params: { id: session }, body: { strength: 'kill' } });
    await untilEnded(rig, session);
  });

  test('are not in what a relay says when it cannot start', async () => {
    const { rig } = held;
    const env = { ...rig.env, REDIS_URL: `redis://canary:${REDIS_PASSWORD}@127.0.0.1:9`, TREELINE_LOG_LEVEL: 'trace' };
    const program = startProgram(bundle('relay.mjs'), ['--port', '0', '--data-dir', join(rig.folder, 'tmp', 'none')], {
      env,
      cwd: rig.folder,
    });
    expect(await program.exited).not.toBe(0);
    const said = `${program.stdout}${program.stderr}`;
    expect(said).toContain('127.0.0.1:9');
    expect(said).not.toContain(REDIS_PASSWORD);
  });

  test('lie in files that only their owner reads', async () => {
    const { rig } = held;
    const files = [
      join(runner.home, 'credentials.json'),
      join(rig.relay.dataDir, 'local.json'),
      join(rig.relay.dataDir, 'relay.db'),
      join(rig.relay.dataDir, 'relay.log'),
    ];
    for (const file of files) expect([file, ((await stat(file)).mode & 0o077).toString(8)]).toEqual([file, '0']);
  });
});

/** Somebody sets a password on the way in, and so has two cookies. */
async function signIn(rig: Rig, planted: Map<string, string>): Promise<void> {
  const { code } = await rig.api.createSignInCode({});
  planted.set('a sign-in code', code);
  const post = (path: string, body: object, cookie = '') =>
    fetch(`${rig.relay.url}/api/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: rig.relay.url, cookie },
      body: JSON.stringify(body),
    });
  const response = await post('setup', { code, name: 'canary', password: PASSWORD });
  expect(response.status).toBe(200);
  planted.set('a password', PASSWORD);
  const cookies = response.headers.getSetCookie().map((header) => header.split(';')[0] ?? '');
  for (const cookie of cookies) {
    const [name = '', value = ''] = cookie.split('=');
    planted.set(name.endsWith('-refresh') ? 'a refresh token' : 'an access token', value);
  }
  expect((await post('refresh', {}, cookies.join('; '))).status).toBe(200);
  expect((await post('sign-in', { name: PASSWORD, password: `${PASSWORD}!` })).status).toBe(401);
}

/** The relay proves itself to the other place by its secret. */
async function signInElsewhere(rig: Rig): Promise<void> {
  provider.serve(rig.relay.url);
  const post = (path: string, body: object) =>
    fetch(`${rig.relay.url}/api/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: rig.relay.url },
      body: JSON.stringify(body),
    });
  const { flow, url } = (await (await post('oidc/begin', {})).json()) as { flow: string; url: string };
  const back = await signInAt(url, 'ann');
  expect((await post('oidc', { flow, query: back.search })).status).toBe(200);
}

/** Each secret where it does not belong: in headers, bodies that are no JSON, handshakes and events. */
async function misuse(rig: Rig, secret: string): Promise<void> {
  const url = `${rig.relay.url}/api/v1`;
  const as = (init: RequestInit) => fetch(`${url}/sessions`, { method: 'POST', ...init });
  await as({ headers: { authorization: `Bearer ${secret}x` } });
  await as({ headers: { authorization: `Basic ${secret}` } });
  await as({
    headers: { cookie: `treeline=${secret}`, 'content-type': 'application/json' },
    body: `{"key": "${secret}"`,
  });
  await fetch(`${url}/sessions/${encodeURIComponent(secret)}?token=${encodeURIComponent(secret)}`);
  await fetch(`${url}/${encodeURIComponent(secret)}`);
  const socket = io(`${rig.relay.url}/viewer`, {
    transports: ['websocket'],
    reconnection: false,
    auth: { key: secret },
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', () =>
      socket.timeout(10_000).emit(secret, { token: secret, session: newId('session') }, () => resolve()),
    );
    socket.once('connect_error', () => resolve());
  });
  socket.close();
}

/** What only the store has. */
async function plantStored(store: Store, planted: Map<string, string>): Promise<void> {
  const setting = async <T>(id: string): Promise<T> => {
    const found = await store.get<T>('system', { kind: 'setting', id });
    if (found === undefined) throw new Error(`there is no setting ${id}`);
    return found.value;
  };
  planted.set('the key of hashes', await setting<string>('key-pepper'));
  const [pair] = await setting<{ privateJwk: { d: string } }[]>('signing-keys');
  planted.set('the key of cookies', pair?.privateJwk.d ?? '');
  planted.set('the key of pushes', (await setting<{ privateKey: string }>('push-key')).privateKey);
}

async function readStore(rig: Rig): Promise<Store> {
  const { file } = await rig.api.createBackup({});
  const copy = join(rig.folder, 'tmp', 'copy.db');
  await copyFile(file, copy);
  return openSqliteFromSources(copy);
}

function expectNone(where: string, text: string, planted: ReadonlyMap<string, string>): void {
  const found = [...planted].filter(([, secret]) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
  expect(
    found.map(([what]) => what),
    where,
  ).toEqual([]);
}

async function textsBelow(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(files.map(async (file): Promise<[string, string]> => [file, await readFile(file, 'latin1')]));
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return ''; // It has ended.
  }
}
