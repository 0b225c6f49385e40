import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCredentials, saveCredentials } from '../home/credentials.ts';
import { startFakeRelay, type FakeRelay } from './testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from './testing/test-runner.ts';

const NEXT = 'tl_runner_next';

let relay: FakeRelay;
let runner: TestRunner;
beforeEach(async () => {
  relay = await startFakeRelay();
  runner = await makeTestRunner([relay.url], relay.key);
});
afterEach(async () => {
  await runner.clean();
  await relay.close();
});

describe('the key of this runner', () => {
  it('AUTH-10 is renewed when it is time, kept on the disk beside the one before, and used for the next link', async () => {
    relay.behave.renewal = { at: Date.now() - 1, next: () => NEXT };
    relay.behave.keys.push(NEXT);
    const daemon = await runner.start();
    await until(() => relay.hellos.length === 2, 'the link with the new key');
    expect(await readCredentials(runner.home)).toMatchObject({ key: NEXT, previousKey: relay.key });
    expect((await stat(runner.home.credentials)).mode & 0o777).toBe(0o600);
    expect(relay.sockets.map(({ handshake }) => handshake.auth['key'])).toEqual([relay.key, NEXT]);
    await until(() => daemon.state().connected, 'online');
  });

  it('is left alone before its time, and by a relay that says nothing of it', async () => {
    relay.behave.heartbeatMs = 1;
    relay.behave.renewal = { at: Date.now() + 3600_000, next: () => NEXT };
    await runner.start();
    await until(() => relay.heartbeats.length >= 2, 'two heartbeats');
    expect(await readCredentials(runner.home)).toEqual({ relays: [relay.url], key: relay.key });
  });

  it('AUTH-10 that the relay has lost gives way to the one before, which is renewed again', async () => {
    await saveCredentials(runner.home, { relays: [relay.url], key: 'tl_runner_lost', previousKey: relay.key });
    relay.behave.renewal = { at: Date.now() - 1, next: () => NEXT };
    relay.behave.keys.push(NEXT);
    await runner.start();
    await until(() => relay.hellos.length === 2, 'the link with the new key');
    expect(await readCredentials(runner.home)).toMatchObject({ key: NEXT, previousKey: relay.key });
  });

  it('AUTH-10 is asked for beside the heartbeats: one that the relay does not answer delays none', async () => {
    relay.behave.heartbeatMs = 1;
    relay.behave.renewal = { at: Date.now() - 1, next: () => NEXT };
    relay.behave.silentRenewals = 0;
    await runner.start();
    await until(() => relay.behave.silentRenewals === 1, 'the question');
    const before = relay.heartbeats.length;
    await until(() => relay.heartbeats.length >= before + 3, 'three more heartbeats');
    // It still waits for the answer, which it does for 15 s, or else it would have asked again.
    expect(relay.behave.silentRenewals).toBe(1);
    expect(await readCredentials(runner.home)).toEqual({ relays: [relay.url], key: relay.key });
  });

  it('is not replaced when this folder has joined anew meanwhile', async () => {
    const joined = { relays: [relay.url], key: 'tl_runner_joined' };
    relay.behave.heartbeatMs = 1;
    const next = () => {
      writeFileSync(runner.home.credentials, JSON.stringify(joined));
      return NEXT;
    };
    relay.behave.renewal = { at: Date.now() - 1, next };
    await runner.start();
    await until(() => relay.heartbeats.length >= 2, 'the heartbeat after the renewal');
    expect(await readCredentials(runner.home)).toEqual(joined);
    expect(relay.hellos).toHaveLength(1);
  });
});
