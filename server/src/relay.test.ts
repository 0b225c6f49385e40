import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, type SessionId } from '@treeline/shared';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { startRelay } from './relay.ts';
import { startTestRelay, TestRunner, TestViewer, until, type TestRelay } from './testing.ts';

const relays: TestRelay[] = [];
async function relayOf(...args: Parameters<typeof startTestRelay>): Promise<TestRelay> {
  const relay = await startTestRelay(...args);
  relays.push(relay);
  return relay;
}
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

async function newSession(relay: TestRelay, runner: TestRunner, prompt = 'hello'): Promise<SessionId> {
  const { status, body } = await relay.call('POST', '/api/v1/sessions', {
    body: { prompt, runnerId: runner.profile.id },
  });
  if (status !== 201) throw new Error(`a session could not be started: ${JSON.stringify(body)}`);
  return (body as { id: SessionId }).id;
}

/** A folder that goes with the test. */
async function folderOf(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('a relay', () => {
  it('takes a session from an HTTP request to its runner and its log back to a viewer', async () => {
    const relay = await relayOf();
    const runner = await TestRunner.join(relay);
    await runner.hello(relay);
    const session = await newSession(relay, runner);
    await until(() => runner.inbox.get(session)?.length === 1);
    expect(runner.inbox.get(session)?.[0]).toMatchObject({
      event: 'inbox',
      position: 1,
      item: { kind: 'prompt', text: 'hello' },
    });

    const viewer = await TestViewer.open(relay);
    const attached = await viewer.request('attach', { session });
    expect(attached).toMatchObject({
      cursor: { epoch: 0, seq: 0 },
      frames: [],
      resync: false,
      session: { id: session },
    });
    const frame = runner.say(session, 'first words');
    const { sessions } = await runner.send(frame);
    expect(sessions).toMatchObject([{ session, acked: { epoch: 1, seq: 1 }, refused: [] }]);
    expect(await until(() => viewer.frames().length > 0 && viewer.frames())).toEqual([frame]);
    viewer.socket.close();
  });

  it('has the same key, sessions and logs after a restart', async () => {
    const dataDir = await folderOf('treeline-restart-');
    const first = await startTestRelay({ dataDir });
    const runner = await TestRunner.join(first);
    await runner.hello(first);
    const session = await newSession(first, runner);
    await runner.send(runner.say(session, 'kept'));
    const key = first.localKey();
    await first.close();
    const second = await relayOf({ dataDir });
    expect(second.localKey()).toBe(key);
    expect(JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8'))).toEqual({ url: second.url, key });
    expect((await stat(join(dataDir, 'local.json'))).mode & 0o777).toBe(0o600);
    const { body } = await second.call('GET', `/api/v1/sessions/${session}/log`);
    expect((body as { frames: unknown[] }).frames).toHaveLength(1);
  });

  it('makes a new local key when the store does not know the one in the file', async () => {
    const first = await startTestRelay();
    await first.close();
    await rm(join(first.dataDir, 'relay.db'));
    const second = await relayOf({ dataDir: first.dataDir });
    expect(second.localKey()).not.toBe(first.localKey());
    expect((await second.call('GET', '/api/v1/auth/me')).body).toMatchObject({
      name: 'ann',
      kind: 'key',
      relayId: second.relayId,
    });
  });

  it('says in one line that the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const dataDir = await folderOf('treeline-taken-');
    await expect(startRelay({ port, dataDir, logLevel: 'silent' })).rejects.toThrow(
      new RegExp(`^Port ${port} on 127.0.0.1 is taken: .*--port.$`),
    );
    other.close();
  });

  it('says in one line that the data folder cannot be written', async () => {
    const folder = await folderOf('treeline-file-');
    await writeFile(join(folder, 'file'), '');
    for (const dataDir of [join(folder, 'file'), join(folder, 'file', 'data'), '/proc/none/data']) {
      const started = startRelay({ port: 0, dataDir, logLevel: 'silent' });
      await expect(started).rejects.toThrow(/^The data folder .* cannot be written \(E\w+\): .*--data-dir.$/);
    }
  });

  it('says in one line that Redis cannot be reached', async () => {
    const dataDir = await folderOf('treeline-noredis-');
    const started = startRelay({ port: 0, dataDir, redisUrl: 'redis://127.0.0.1:1/0', logLevel: 'silent' });
    await expect(started).rejects.toThrow(/^[^\n]*Redis[^\n]*127\.0\.0\.1:1[^\n]*$/);
  });

  it('sends its runners away and is not ready while it closes', async () => {
    const relay = await startTestRelay();
    const runner = await TestRunner.join(relay);
    await runner.hello(relay);
    const closed = relay.close();
    await until(() => runner.heard.find(({ event }) => event === 'goodbye'));
    expect(runner.heard.at(-1)).toMatchObject({ event: 'goodbye', payload: { code: 'draining' } });
    await closed;
    expect(runner.socket.connected).toBe(false);
    await expect(fetch(`${relay.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('has every endpoint of the API in its OpenAPI document', async () => {
    const relay = await relayOf();
    const { body } = await relay.call('GET', '/api/openapi.json', { key: null });
    const { paths } = body as { paths: Record<string, Record<string, { operationId: string }>> };
    const operations = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(operations.toSorted()).toEqual(Object.keys(API).toSorted());
  });
});
