/** What only a real model conversation shows: memory across processes, steering, permissions. */
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { script } from '@treeline/test-support/model-server/script.ts';
import { startModelServer, type ModelServer } from '@treeline/test-support/model-server/server.ts';
import { codexConfig, describeReal } from '@treeline/test-support/real-agents.ts';
import { newId } from '@treeline/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { messageInput, TestTools, until } from '../agent.contract-support.ts';
import { asItIs, type Agent } from '../agent.ts';
import { startAcpWith } from './index.ts';
import { AskingJournal } from './odd-agent.rig.ts';

describeReal('codex-acp in longer conversations', () => {
  let folder: string;
  let model: ModelServer;
  let journal: AskingJournal;
  let agent: Agent | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'treeline-codex-'));
    model = await startModelServer();
    journal = new AskingJournal();
  });
  afterEach(async () => {
    if (journal.exits.length === 0) await agent?.close('kill');
    await model.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(resume?: string): Promise<Agent> {
    const { env, ...config } = await codexConfig({ modelServerUrl: model.url, home: folder });
    agent = await startAcpWith(
      { steerPatienceMs: 300, cancelMs: 5_000, eofMs: 300, termMs: 2_000 },
      {
        config: { ...config, env: {} },
        sessionId: newId('session'),
        cwd: folder,
        dataDir: folder,
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...env },
        tools: new TestTools(),
        launch: asItIs,
        isChild: false,
        resume,
      },
      journal,
    );
    return agent;
  }
  const spoken = (text: string) =>
    until(`it says ${text}`, () => journal.text().includes(text) && journal.turns.at(-1) === 'ended');

  it('a killed conversation goes on in a new process with all that was said', async () => {
    const first = await start();
    await first.prompt(messageInput(script([{ text: 'first turn' }, { text: 'and I remember the script' }])));
    await spoken('first turn');
    await first.close('kill');
    const { token } = journal;
    journal = new AskingJournal();
    const second = await start(token);
    await second.prompt(messageInput('Go on.'));
    await spoken('I remember the script');
    expect(journal.text()).not.toContain('first turn');
  });

  it('a steering message interrupts, and the conversation goes on from there', async () => {
    const codex = await start();
    const rule = { match: 'come back', steps: [{ text: 'here I am' }], instead: true };
    await codex.prompt(messageInput(script([{ text: 'never said', delayMs: 60_000 }], [rule])));
    await codex.prompt(messageInput('Please come back.', 'steer'));
    await spoken('here I am');
    expect(journal.turns).toEqual(['started', 'ended', 'started', 'ended']);
    expect(journal.errors).toEqual([]);
  });

  it('a command beyond its sandbox is a permission to give, and runs only when it is given', async () => {
    const codex = await start();
    const made = join(folder, 'made');
    const args = { cmd: `touch ${made}`, sandbox_permissions: 'require_escalated', justification: 'the test needs it' };
    await codex.prompt(messageInput(script([{ tool: 'exec_command', args }, { text: 'done' }])));
    const { ask, answer } = await journal.nextAsk();
    expect(ask).toMatchObject({ type: 'permission_request' });
    expect(ask.permission?.command).toContain(`touch ${made}`);
    expect(existsSync(made)).toBe(false);
    answer({ outcome: 'answered', response: '', action: 'allow' });
    await spoken('done');
    expect(existsSync(made)).toBe(true);
  });

  it('a permission that is denied runs nothing', async () => {
    const codex = await start();
    const made = join(folder, 'made');
    const args = { cmd: `touch ${made}`, sandbox_permissions: 'require_escalated', justification: 'the test needs it' };
    await codex.prompt(messageInput(script([{ tool: 'exec_command', args }, { text: 'done' }])));
    (await journal.nextAsk()).answer({ outcome: 'expired' });
    await until('the turn ends', () => journal.turns.at(-1) === 'ended');
    expect(existsSync(made)).toBe(false);
  });
});
