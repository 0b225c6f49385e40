import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AgentStartError } from '../agent.ts';
import { until } from '../agent.contract-support.ts';
import { oddConfig, useOddAgent } from './odd-agent.rig.ts';

describe('how an ACP agent ends', () => {
  const odd = useOddAgent();

  it('dying in a turn ends the turn with its last words, then the agent, once', async () => {
    await odd.start();
    const lost = await Promise.allSettled([odd.prompt('die 3'), odd.prompt('say never')]);
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await until('it exits', () => odd.journal.exits.length > 0);
    expect(odd.journal.errors).toHaveLength(1);
    expect(odd.journal.exits).toMatchObject([{ outcome: 'failed', reason: 'error' }]);
    expect(odd.journal.exits[0]?.detail).toMatch(/exit code 3[^]*out of cheese/);
    await expect(odd.prompt('say x')).rejects.toThrow('exit code 3');
    await sleep(50);
    expect(odd.journal.events.at(-1)?.what).toBe('exit');
  });

  it('a signal is told as one', async () => {
    await odd.start();
    await expect(odd.prompt('signal')).rejects.toThrow('SIGKILL');
    await until('it exits', () => odd.journal.exits.length > 0);
    expect(odd.journal.exits).toMatchObject([{ outcome: 'failed', reason: 'signal' }]);
    expect(odd.journal.exits[0]?.detail).toContain('SIGKILL');
  });

  it('one that ignores EOF and SIGTERM in an endless turn is killed', async () => {
    await odd.start(['--ignore-term']);
    await odd.prompt('deaf');
    await odd.agent?.close('stop');
    expect(odd.journal.exits).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('cancel reaches a turn that was not under way yet', async () => {
    await odd.start([], { times: { cancelMs: 5_000 } });
    const given = odd.prompt('lateToStart');
    await odd.agent?.cancel();
    await given;
    expect(odd.journal.turns).toEqual(['started', 'ended']);
    expect((await odd.received()).filter((line) => line === 'cancel').length).toBeGreaterThan(1);
  });

  it('cancel does not wait for ever for a turn that ignores it', async () => {
    await odd.start();
    await odd.prompt('deaf');
    await expect(odd.agent?.cancel()).rejects.toThrow(/did not end its turn/);
  });

  it('finish ends what is done as completed', async () => {
    await odd.start();
    await odd.prompt('say all is planted');
    await odd.agent?.close('finish');
    expect(odd.journal.text()).toBe('all is planted');
    expect(odd.journal.exits).toEqual([{ outcome: 'completed', reason: 'ok' }]);
  });
});

describe('how an ACP agent starts', () => {
  const odd = useOddAgent();

  const failure = (...args: Parameters<typeof odd.start>) =>
    odd.start(...args).then(
      () => undefined,
      (error: unknown) => (error instanceof AgentStartError ? error : undefined),
    );

  it('an agent that ends at once fails with its exit code and last words', async () => {
    const error = await failure(['--die-at-start']);
    expect(error?.message).toContain('exit code 7');
    expect(error?.detail).toContain('cannot find my configuration');
    expect(odd.journal.exits).toEqual([]);
  });

  it('one that wants somebody to sign in says how', async () => {
    const config = { ...oddConfig('--auth'), name: 'codex' };
    const error = await failure([], { config });
    expect(error).toMatchObject({ reason: 'auth' });
    expect(error?.detail).toContain('codex login');
  });

  it('a program that does not answer is given up and ended', async () => {
    const error = await failure(['--silent'], { times: { initializeMs: 300 } });
    expect(error).toMatchObject({ reason: 'timeout' });
  });

  it('one that speaks another version of the protocol fails', async () => {
    expect(await failure(['--v2'])).toMatchObject({ reason: 'config', message: 'odd speaks version 2 of ACP' });
  });

  it('a program that is no ACP agent fails', async () => {
    const config = { name: 'echo', kind: 'acp', command: ['echo', 'hello'], env: {}, passEnv: [] } as const;
    expect((await failure([], { config }))?.message).toContain('ended while it started');
  });

  it('a missing program of a known agent comes with the way to install it', async () => {
    const config = {
      name: 'claude',
      kind: 'acp',
      command: ['claude-agent-acp-not-here'],
      env: {},
      passEnv: [],
    } as const;
    const error = await failure([], { config });
    expect(error).toMatchObject({ reason: 'config' });
    expect(error?.detail).toContain('npm install -g');
  });

  it('a missing working folder is named', async () => {
    const error = await failure([], { cwd: join(odd.folder, 'gone') });
    expect(error).toMatchObject({ reason: 'config' });
    expect(error?.message).toContain('gone');
  });

  it('a resumed session does not repeat what was said before', async () => {
    await odd.start(['--load'], { resume: 'earlier' });
    expect(odd.agent?.resumable).toBe(true);
    expect(odd.journal.token).toBe('earlier');
    await odd.prompt('say hello again');
    await odd.turnEnds();
    expect(odd.journal.text()).toBe('hello again');
  });

  it('a session that cannot be resumed fails instead of beginning anew', async () => {
    expect((await failure(['--load'], { resume: 'forgotten' }))?.message).toContain('session/load');
    expect((await failure([], { resume: 'earlier' }))?.message).toContain('cannot go on');
  });

  it('gives no token for a conversation that holds nothing', async () => {
    await odd.start(['--load']);
    expect(odd.journal.token).toBeUndefined();
    await odd.prompt('say hello');
    await odd.turnEnds();
    expect(odd.journal.token).toBe('odd-session');
  });
});
