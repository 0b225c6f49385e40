import { TreelineError, type SessionId } from '@treeline/shared';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveCredentials } from '../home/credentials.ts';
import { readRunnerState } from '../home/state-file.ts';
import { startFakeRelay, type FakeRelay } from './testing/fake-relay.ts';
import { makeTestRunner, until, type TestRunner } from './testing/test-runner.ts';

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

describe('the link', () => {
  it('comes back after the relay dropped it, and says goodbye when the daemon stops', async () => {
    const daemon = await runner.start();
    await until(() => relay.hellos.length === 1, 'hello');
    relay.sockets.at(-1)?.disconnect(true);
    await until(() => relay.hellos.length === 2, 'the second hello');
    expect(relay.hellos[1]?.instance).toBe(relay.hellos[0]?.instance);
    await until(() => daemon.state().connected, 'online');
    await daemon.stop({ workers: 'leave' });
    expect(relay.byes).toHaveLength(1);
    expect(await readRunnerState(runner.home)).toMatchObject({ connected: false, link: { state: 'closed' } });
  });

  it('goes to another URL when one does not answer', async () => {
    await saveCredentials(runner.home, { relays: ['http://127.0.0.1:9', relay.url], key: relay.key });
    const daemon = await runner.start();
    await until(() => relay.hellos.length === 1, 'hello');
    await until(() => daemon.state().connected, 'online');
    expect(daemon.state().relay).toBe(relay.url);
  });

  it('stays down with the reason while the relay refuses, and comes up when it no longer does', async () => {
    relay.behave.hello = new TreelineError('protocol_version', 'speak newer');
    const daemon = await runner.start({ refusedRetryMs: 50 });
    await until(() => daemon.state().link.state === 'refused', 'the refusal');
    expect(daemon.state().link).toMatchObject({ code: 'protocol_version', problem: 'speak newer' });
    relay.behave.hello = undefined;
    await until(() => daemon.state().connected, 'online');
  });

  it('takes up a new key without a restart', async () => {
    await saveCredentials(runner.home, { relays: [relay.url], key: 'tl_runner_wrong' });
    const daemon = await runner.start({ refusedRetryMs: 50 });
    await until(() => daemon.state().link.state === 'refused', 'the refusal');
    expect(daemon.state().link).toMatchObject({
      code: 'unauthenticated',
      problem: expect.stringContaining('treeline runner join'),
    });
    await saveCredentials(runner.home, { relays: [relay.url], key: relay.key });
    await until(() => daemon.state().connected, 'online');
  });

  it('LINK-3 stays away when another daemon has this identity, and tells the relay now and then that it is there', async () => {
    const daemon = await runner.start({ refusedRetryMs: 50 });
    await until(() => relay.hellos.length === 1, 'hello');
    relay.behave.hello = new TreelineError('superseded', 'another one is newer');
    relay.sockets.at(-1)?.emit('goodbye', { code: 'superseded', message: 'another one came' });
    await until(() => daemon.state().link.state === 'superseded', 'the end of the link');
    await until(() => relay.refused >= 2, 'two more hellos');
    expect(daemon.state().link.state).toBe('superseded');
    expect(relay.hellos).toHaveLength(1);
  });

  it('comes back at once when the relay drains', async () => {
    const daemon = await runner.start();
    await until(() => relay.hellos.length === 1, 'hello');
    relay.sockets.at(-1)?.emit('goodbye', { code: 'draining', message: 'restart' });
    await until(() => relay.hellos.length === 2, 'the second hello');
    await until(() => daemon.state().connected, 'online');
  });

  it('beats at the rhythm that the relay asks for, a second at the fastest', async () => {
    relay.behave.heartbeatMs = 1;
    await runner.start();
    await until(() => relay.heartbeats.length >= 2, 'two heartbeats');
    expect(relay.heartbeats.length).toBeLessThan(4);
    expect(relay.heartbeats[0]).toMatchObject({ health: { sessions: 0 } });
  });
});

describe('a relay that lies', () => {
  const malformed: [string, unknown][] = [
    ['assign', undefined],
    ['assign', { sessions: [{ id: '../../etc' }] }],
    ['assign', { sessions: 'all' }],
    ['inbox', { session: 'ses_x', entries: [] }],
    ['inbox', { session: 'ses_00000000000000000000000000', entries: [{ position: -1 }] }],
    ['session_trigger', null],
    ['trigger_response', 7],
  ];
  it.each(malformed)('gets a problem for a malformed %s, and the daemon goes on', async (event, payload) => {
    const daemon = await runner.start();
    await until(() => daemon.state().connected, 'online');
    expect(await relay.send(event, payload)).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    const { id } = await relay.assign();
    await until(() => relay.facts(id, 'state').length > 0, 'a session');
  });

  it('cannot nest a payload so deep that the daemon falls', async () => {
    const daemon = await runner.start();
    await until(() => daemon.state().connected, 'online');
    let deep: unknown = 1;
    for (let level = 0; level < 3000; level++) deep = [deep];
    expect(await relay.send('assign', deep)).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    relay.sockets.at(-1)?.emit('watch', deep);
    relay.sockets.at(-1)?.emit('goodbye', { code: 'nonsense' });
    relay.sockets.at(-1)?.emit('no such event', {});
    expect(daemon.state().connected).toBe(true);
  });

  it('is not believed when it acknowledges what was never sent', async () => {
    relay.behave.ack = (ack) => ({ ...ack, acked: { epoch: 2 ** 30, seq: 2 ** 40 } });
    const daemon = await runner.start();
    await until(() => daemon.state().connected, 'online');
    const { id } = await relay.assign();
    await relay.prompt(id, JSON.stringify([{ say: 'one' }, { finish: 'two' }]));
    await until(() => relay.facts(id, 'end').length > 0, 'the end');
    relay.sockets.at(-1)?.disconnect(true);
    const hello = await until(() => relay.hellos[1], 'the second hello');
    expect(hello.sessions[0]?.acked).toEqual(hello.sessions[0]?.last);
    expect(hello.sessions[0]?.acked.epoch).toBe(1);
  });

  it('gets not_yours for items of a session that is not here', async () => {
    const daemon = await runner.start();
    await until(() => daemon.state().connected, 'online');
    await expect(relay.prompt('ses_00000000000000000000000000', 'x')).rejects.toThrow('does not have');
  });
});

describe('admission', () => {
  const refusal = async (options: { cwd?: string; agent?: string }): Promise<string> => {
    const daemon = await runner.start();
    await until(() => daemon.state().connected, 'online');
    return relay.assign(options).then(
      () => 'accepted',
      (error: Error) => error.message,
    );
  };

  it('LINK-8 refuses an agent that this runner does not have', async () => {
    expect(await refusal({ agent: 'nobody' })).toContain('agent_unknown: This runner has no agent "nobody"');
  });

  it('LINK-8 refuses a folder outside the allowed roots', async () => {
    expect(await refusal({ cwd: '/etc' })).toContain('cwd_refused');
  });

  it('LINK-8 refuses a folder that a link leads out to', async () => {
    await symlink('/etc', join(runner.root, 'harmless'));
    expect(await refusal({ cwd: join(runner.root, 'harmless') })).toContain('cwd_refused');
  });

  it("LINK-8 refuses the runner's own folder, by whatever way", async () => {
    await symlink(runner.home.path, join(runner.root, 'mine'));
    expect(await refusal({ cwd: join(runner.root, 'mine') })).toContain("runner's own folder");
  });

  it.each(['relative/path', '/no/such/folder', '~nobody'])('LINK-8 refuses %s as a folder', async (cwd) => {
    expect(await refusal({ cwd })).toContain('cwd_refused');
  });

  it('LINK-8 refuses a file as a folder', async () => {
    await writeFile(join(runner.root, 'file'), '');
    expect(await refusal({ cwd: join(runner.root, 'file') })).toContain('it is no folder');
  });

  it('LINK-8 takes a folder below an allowed root, and gives one of its own to a session without', async () => {
    await mkdir(join(runner.root, 'below'));
    expect(await refusal({ cwd: join(runner.root, 'below') })).toBe('accepted');
    const { id } = await relay.assign();
    const daemon = await runner.start().catch(() => undefined);
    expect(daemon).toBeUndefined();
    await until(() => relay.facts(id as SessionId, 'state').length > 0, 'a session');
  });

  it('LINK-8 refuses more sessions than the capacity', async () => {
    const daemon = await runner.start();
    await until(() => daemon.state().connected, 'online');
    for (let n = 0; n < 4; n++) {
      const { id } = await relay.assign();
      await until(() => relay.facts(id, 'state').length > 0, 'a session');
    }
    await expect(relay.assign()).rejects.toThrow('capacity: This runner has 4 sessions running and takes 4 at most.');
  });
});
