/** A relay that somebody has taken over: what it can make a real daemon, with real workers, do. Its own rules are final. */
import { mkdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, type SessionId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeConfig } from '../home/config.ts';
import { joinRelay } from '../home/join.ts';
import { readJson } from '../process/files.ts';
import { SessionFile, sessionPaths } from '../process/session-folder.ts';
import type { DaemonHandle } from './daemon.ts';
import { startFakeRelay, type FakeRelay } from './testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from './testing/test-runner.ts';

const KEY = 'tl_runner_test';
let relay: FakeRelay;
let runner: TestRunner;
/** Every word that the daemon says to its relay. */
let heard: string;

beforeEach(async () => {
  relay = await startFakeRelay();
  runner = await makeTestRunner([relay.url], relay.key);
  heard = '';
});

afterEach(async () => {
  await runner.clean();
  await relay.close();
});

async function online(): Promise<DaemonHandle> {
  const daemon = await runner.start();
  await until(() => daemon.state().connected, 'online');
  relay.sockets.at(-1)?.onAny((...said: unknown[]) => (heard += JSON.stringify(said)));
  return daemon;
}

async function refusalOf(assignment: object): Promise<string> {
  return relay.assign(assignment).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

async function fileOf(session: SessionId): Promise<SessionFile> {
  const read = await readJson(sessionPaths(join(runner.home.sessions, session)).spec, SessionFile);
  if (!read.found) throw new Error('the session has no file');
  return read.value;
}

describe('a hostile relay', () => {
  it('LINK-8 does not get a session out of the roots', async () => {
    await online();
    await mkdir(join(runner.root, 'below'));
    await symlink('/etc', join(runner.root, 'link'));
    await symlink('link', join(runner.root, 'link-to-link'));
    await symlink('..', join(runner.root, 'up'));
    const ways = [
      '/',
      '/etc',
      `${runner.root}/..`,
      `${runner.root}/below/../..`,
      `${runner.root}/link`,
      `${runner.root}/link-to-link`,
      `${runner.root}/up`,
      `${runner.root}/below/../link`,
      `${runner.root}x`,
      `${runner.root}/below\0/x`,
      '~',
      '~/.ssh',
      '..',
      '/proc/self/root',
      '/proc/self/cwd',
      runner.home.path,
      runner.home.sessions,
    ];
    for (const cwd of ways) expect(await refusalOf({ cwd }), cwd).toContain('cwd_refused');
    for (const cwd of ways) expect(await refusalOf({ cwd, worktree: true }), cwd).toContain('cwd_refused');
  });

  it('LINK-8 does not get a session out by changing what a folder is after it was judged', async () => {
    await online();
    const path = join(runner.root, 'parent');
    await mkdir(path);
    const parent = await relay.assign({ cwd: path });
    await rename(path, join(runner.root, 'was'));
    await symlink('/etc', path);
    expect(await refusalOf({ cwd: path, parentId: parent.id })).toContain('cwd_refused');
    await rm(path);
    expect((await fileOf(parent.id)).cwd).toBe(join(await realpath(runner.root), 'parent'));
  });

  it('LINK-8 runs no agent that is not on the list of the owner, `command` among them', async () => {
    await changeConfig(runner.home, { allowedAgents: ['scripted'] });
    await online();
    for (const agent of ['command', 'pi', 'claude', 'sh', 'Scripted'])
      expect(await refusalOf({ agent }), agent).toContain('agent_unknown');
    for (const agent of ['/bin/sh', '../command', 'scripted\0', '__proto__', ''])
      expect(await refusalOf({ agent }), agent).toMatch(/agent_unknown|is not valid/);
  });

  it('LINK-8 passes no command, environment or limit of its own', async () => {
    await changeConfig(runner.home, { sessionLimits: { memoryBytes: 256 * 1024 * 1024 } });
    await online();
    const extra = {
      command: ['/bin/sh', '-c', 'id'],
      env: { LD_PRELOAD: '/tmp/evil.so', NODE_OPTIONS: '--require /tmp/evil.js' },
      passEnv: ['TREELINE_SECRET'],
      agentConfig: { kind: 'command' },
      limits: { memoryBytes: 8 * 1024 * 1024 * 1024 },
    };
    const { id } = await relay.assign({ agent: 'command', ...extra });
    const file = await fileOf(id);
    expect(file.agent).toEqual({ name: 'command', kind: 'command', command: [], env: {}, passEnv: [] });
    await relay.prompt(id, 'env; echo the-end');
    await until(() => JSON.stringify(relay.records(id)).includes('the-end'), 'what the command sees');
    const seen = JSON.stringify(relay.records(id));
    for (const word of ['LD_PRELOAD', 'evil', 'TREELINE_SECRET', 'not for agents', KEY])
      expect(seen).not.toContain(word);
  });

  it('gets the credential of the runner by nothing that it can ask for', async () => {
    await writeFile(join(runner.home.logs, 'daemon.log'), `{"level":30,"msg":"Bearer ${KEY}_0123456789"}\n`, {
      mode: 0o600,
    });
    await online();
    const orders = [{ do: 'logs', lines: 500 }, { do: 'pause' }, { do: 'drain' }, { do: 'resume' }];
    const answers: unknown[] = [];
    for (const order of orders) answers.push(await relay.send('order', { order }));
    expect(answers).toEqual(orders.map(() => expect.objectContaining({ ok: true })));
    for (const order of [
      { do: 'read', path: runner.home.credentials },
      { do: 'logs', path: '../credentials.json' },
    ])
      answers.push(await relay.send('order', { order }));
    const { id } = await relay.assign({ cwd: runner.root });
    await relay.prompt(id, JSON.stringify([{ say: 'one' }, { finish: 'two' }]));
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    expect(`${heard}${JSON.stringify(answers)}${JSON.stringify(relay.packets)}`).not.toContain(KEY);
  });

  it('cannot drown it: what is too much is refused, and it serves on', async () => {
    const daemon = await online();
    const sessions = Array.from({ length: 10_000 }, () => ({ id: newId('session') }));
    expect(await relay.send('assign', { sessions })).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    const { id } = await relay.assign();
    const entries = (count: number, text: string) =>
      Array.from({ length: count }, (_, i) => ({
        position: i + 1,
        item: {
          id: newId('message'),
          at: 1,
          kind: 'prompt',
          text,
          deliverAs: 'steer',
          from: { kind: 'person', name: 'x' },
        },
      }));
    for (const many of [entries(1_000, 'x'), entries(1, 'x'.repeat(200_000))])
      expect(await relay.send('inbox', { session: id, entries: many })).toMatchObject({ ok: false });
    for (let i = 0; i < 4; i++) await refusalOf({});
    expect(await refusalOf({})).toContain('capacity');
    // Larger than any message that it takes: the link ends, and it comes again.
    relay.sockets.at(-1)?.emit('watch', { session: id, on: true, more: 'x'.repeat(6 * 1024 * 1024) });
    await until(() => relay.hellos.length === 2, 'the second hello');
    await until(() => daemon.state().connected, 'online');
  });

  it('orders nothing when the owner has said so', async () => {
    await changeConfig(runner.home, { remoteControl: false });
    await online();
    const before = await readFile(runner.home.config, 'utf8');
    for (const order of [
      { do: 'pause' },
      { do: 'resume' },
      { do: 'drain' },
      { do: 'rename', name: 'x' },
      { do: 'doctor' },
      { do: 'logs' },
    ])
      expect(await relay.send('order', { order }), order.do).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await readFile(runner.home.config, 'utf8')).toBe(before);
    expect(await refusalOf({})).toBe('accepted');
  });

  it('gets no join token over a connection that others can read', async () => {
    const joining = { home: runner.home, token: 'tl_join_x', env: {}, version: 'test' };
    for (const url of [
      'http://relay.example',
      'ws://relay.example',
      'ws://192.0.2.7:7460',
      'http://127.0.0.1.relay.example',
    ])
      await expect(joinRelay({ ...joining, url }), url).rejects.toThrow(/is not encrypted.*Use https/);
  });
});
