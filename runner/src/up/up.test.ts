import { newId, type RunnerView } from '@treeline/shared';
import { expect, test } from 'vitest';
import { PLAIN, RUNNER } from '../cli/output/testing.ts';
import { relayLines, runnerLines, storeText } from './banner.ts';
import { qrLines } from './qr.ts';
import { watchSignals } from './until-signal.ts';

test('the store is named without its password', () => {
  expect(storeText(undefined, false)).toBe('(SQLite)');
  expect(storeText('redis://me:hush@db.example:6380/2', false)).toBe('(Redis db.example:6380)');
  expect(storeText('redis://db', true)).toContain('volatile');
});

test('the code stands behind the #, which browsers do not send', () => {
  const facts = {
    publicUrl: 'http://relay',
    code: 'AB12-CD34',
    dataDir: '/d',
    redisUrl: undefined,
    volatile: false,
    look: PLAIN,
  };
  expect(relayLines(facts).join('\n')).toContain('http://relay/pair#AB12-CD34');
});

test('agents that would not start are shown as such', () => {
  const profile = {
    id: RUNNER,
    name: 'pi',
    version: '1',
    platform: 'linux',
    labels: {},
    capacity: 1,
    defaultAgent: 'scripted',
    agents: [
      { name: 'pi', kind: 'pi', version: '0.87.1' },
      { name: 'codex', kind: 'acp', problem: 'not logged in' },
    ],
  } satisfies RunnerView['profile'];
  const presence = { state: 'online', since: 0, lastHeartbeat: 0, relayId: newId('relay') } as const;
  const runner: RunnerView = { id: RUNNER, profile, presence, joinedAt: 0, online: true, sessions: 0 };
  expect(runnerLines(runner, PLAIN)).toEqual(['  Runner   pi  ● online', '  Agents   pi 0.87.1 · codex (not ready)']);
});

test('a QR code is shown only where another device could follow it', async () => {
  expect(await qrLines('http://127.0.0.1:7460', 'A')).toBeUndefined();
  expect(await qrLines('http://localhost:7460', 'A')).toBeUndefined();
  expect((await qrLines('https://relay.example', 'A'))?.length).toBeGreaterThan(10);
});

test('one Ctrl-C that arrives twice asks once; a later one insists', async () => {
  let insisted = 0;
  const signals = watchSignals(() => insisted++);
  try {
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGINT', 'SIGINT');
    expect(await signals.asked).toBe('SIGINT');
    expect(insisted).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 750));
    process.emit('SIGTERM', 'SIGTERM');
    expect(insisted).toBe(0);
    process.emit('SIGINT', 'SIGINT');
    expect(insisted).toBe(1);
  } finally {
    signals.stop();
  }
});
