import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asItIs } from '../agent.ts';
import { describeAgent } from '../agent.contract.ts';
import { Journal, TestTools, leftProcesses, messageInput, until } from '../agent.contract-support.ts';
import { startCommand } from './index.ts';

const config = { name: 'command', kind: 'command', command: [], env: {}, passEnv: [] } as const;

describeAgent({
  name: 'command',
  start: startCommand,
  setUp: () => Promise.resolve({ config }),
  prompts: {
    say: (text) => `echo ${text}`,
    long: () => 'sleep 60 & sleep 60',
    slow: (text) => `sleep 0.5; echo ${text}`,
  },
  singleTurn: true,
});

describe('command', () => {
  let folder: string;
  let mark: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'treeline-command-'));
    mark = newId('request');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function run(line: string) {
    const journal = new Journal();
    const agent = await startCommand(
      {
        config,
        sessionId: newId('session'),
        cwd: folder,
        dataDir: folder,
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', MARK: mark },
        tools: new TestTools(),
        launch: asItIs,
        isChild: false,
      },
      journal,
    );
    await agent.prompt(messageInput(line));
    return { agent, journal };
  }
  const over = (journal: Journal) => until('it exits', () => journal.exits.length > 0);

  it('exit code 0 completes with the last lines as the summary', async () => {
    const { journal } = await run('echo one; echo two >&2; pwd > where');
    await over(journal);
    expect(journal.exits[0]).toMatchObject({ outcome: 'completed', reason: 'ok' });
    expect(journal.exits[0]?.summary).toContain('one');
    expect(journal.exits[0]?.summary).toContain('two');
    expect(await readFile(join(folder, 'where'), 'utf8')).toContain(folder);
  });

  it('another exit code fails with the code and the tail', async () => {
    const { journal } = await run('echo broken >&2; exit 3');
    await over(journal);
    expect(journal.exits[0]).toMatchObject({ outcome: 'failed', reason: 'error' });
    expect(journal.exits[0]?.detail).toMatch(/exit code 3[^]*broken/);
  });

  it('a signal is the reason of its end', async () => {
    const { journal } = await run('kill -9 $$');
    await over(journal);
    expect(journal.exits[0]).toMatchObject({ outcome: 'failed', reason: 'signal' });
    expect(journal.exits[0]?.detail).toContain('SIGKILL');
  });

  it('lines of stderr carry their stream', async () => {
    const { journal } = await run('echo calm; sleep 0.2; echo alarm >&2');
    await over(journal);
    const streams = journal.updates().map((update) => update['_meta']);
    expect(streams).toEqual([{ 'treeline/stream': 'stdout' }, { 'treeline/stream': 'stderr' }]);
  });

  it('a second prompt is refused with a notice and starts nothing', async () => {
    const { agent, journal } = await run('sleep 0.3; echo done');
    await agent.prompt(messageInput('touch second'));
    await over(journal);
    expect(journal.events.some((it) => it.what === 'notice')).toBe(true);
    await expect(readFile(join(folder, 'second'))).rejects.toThrow('ENOENT');
  });

  it('stop ends children that ignore SIGTERM or left the group', async () => {
    const { agent, journal } = await run(
      `trap '' TERM; setsid sleep 61 & sh -c "trap '' TERM; while :; do sleep 1; done" & wait`,
    );
    await until('three processes run', () => leftProcesses(mark).length >= 3);
    await agent.close('stop');
    expect(journal.exits[0]).toMatchObject({ outcome: 'cancelled' });
    await until('nothing is left', () => leftProcesses(mark).length === 0);
  });

  it('a working folder that is missing fails with its name', async () => {
    const journal = new Journal();
    const agent = await startCommand(
      {
        config,
        sessionId: 's',
        cwd: join(folder, 'gone'),
        dataDir: folder,
        env: {},
        tools: new TestTools(),
        launch: asItIs,
        isChild: false,
      },
      journal,
    );
    await agent.prompt(messageInput('true'));
    expect(journal.exits[0]).toMatchObject({ outcome: 'failed', reason: 'config' });
    expect(journal.exits[0]?.detail).toContain('gone');
  });
});
