import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type Ask, type Usage } from '@treeline/shared';
import { script } from '@treeline/test-support/model-server/script.ts';
import { startModelServer, type ModelServer } from '@treeline/test-support/model-server/server.ts';
import { describeReal, PI_API_NAMES, piConfig, type RealAgentConfig } from '@treeline/test-support/real-agents.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, leftProcesses, messageInput, TestTools, until } from '../agent.contract-support.ts';
import { asItIs, AgentStartError, type Agent, type AgentSpec, type AskOutcome } from '../agent.ts';
import { startPi } from './index.ts';

class PiJournal extends Journal {
  readonly asks: { ask: Ask; signal: AbortSignal }[] = [];
  readonly usages: Usage[] = [];
  answer: AskOutcome = { outcome: 'cancelled' };

  override usage(usage?: Usage): void {
    if (usage !== undefined) this.usages.push(usage);
  }
  override ask(ask?: Ask, signal?: AbortSignal): Promise<AskOutcome> {
    if (ask !== undefined && signal !== undefined) this.asks.push({ ask, signal });
    return Promise.resolve(this.answer);
  }
  get notices(): string[] {
    return this.events.flatMap((it) => (it.what === 'notice' ? [it.text] : []));
  }
  idle(turns = 1): Promise<void> {
    return until(`${turns} turns have ended`, () => this.turns.filter((turn) => turn === 'ended').length >= turns);
  }
}

describeReal('pi', () => {
  let folder: string;
  let mark: string;
  let model: ModelServer;
  let config: RealAgentConfig;
  let journal: PiJournal;
  let tools: TestTools;
  let sessionId: string;
  const running: { agent: Agent; journal: PiJournal }[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'treeline-pi-'));
    mark = newId('request');
    model = await startModelServer();
    config = await piConfig({ modelServerUrl: model.url, home: folder });
    tools = new TestTools();
    sessionId = newId('session');
  });

  afterEach(async () => {
    for (const { agent, journal: said } of running.splice(0)) if (said.exits.length === 0) await agent.close('kill');
    await model.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(more: Partial<AgentSpec> = {}): Promise<Agent> {
    const said = new PiJournal();
    journal = said;
    const env = { PATH: process.env['PATH'] ?? '', ...config.env, MARK: mark };
    const spec = {
      config,
      sessionId,
      cwd: folder,
      dataDir: folder,
      env,
      launch: asItIs,
      tools,
      isChild: false,
      ...more,
    };
    const agent = await startPi(spec, said);
    running.push({ agent, journal: said });
    return agent;
  }

  /** Ends pi itself, as the kernel does when memory is short, and not what it started. */
  async function killPi(): Promise<void> {
    const [pi] = leftProcesses(mark).filter((pid) => pid !== process.pid);
    process.kill(pi ?? 0, 'SIGKILL');
    await until('its end is known', () => journal.exits.length === 1);
  }

  const bash = (command: string) => ({ tool: 'bash', args: { command } });

  test('a tool call is an update with its title and kind, and ends with its output', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script([bash('echo larch'), { think: 'hm', text: 'done' }])));
    await journal.idle();
    const updates = journal.updates();
    expect(updates[0]).toMatchObject({
      sessionUpdate: 'tool_call',
      title: 'echo larch',
      kind: 'execute',
      status: 'in_progress',
    });
    expect(updates[1]).toMatchObject({
      sessionUpdate: 'tool_call_update',
      status: 'completed',
      toolCallId: updates[0]?.['toolCallId'],
    });
    expect(JSON.stringify(updates[1])).toContain('larch');
    expect(updates[2]).toMatchObject({ sessionUpdate: 'agent_thought_chunk', content: { text: 'hm' } });
    expect(updates[3]).toMatchObject({ sessionUpdate: 'agent_message_chunk', content: { text: 'done' } });
  });

  test.each(PI_API_NAMES)('it works over %s', async (api) => {
    config = await piConfig({ modelServerUrl: model.url, home: folder, api });
    const agent = await start();
    await agent.prompt(
      messageInput(
        script([{ think: 'which?', tool: 'ask_user_question', args: { question: 'Which?' } }, { text: 'so be it' }]),
      ),
    );
    const call = await tools.nextCall();
    expect(call.args).toEqual({ question: 'Which?' });
    call.answer({ text: 'the juniper', isError: false });
    await journal.idle();
    expect(journal.errors).toEqual([]);
    expect(journal.text()).toBe('so be it');
    expect(JSON.stringify(journal.updates())).toContain('which?');
    expect(model.requests.at(-1)?.last).toContain('the juniper');
    expect(journal.usages.at(-1)).toMatchObject({ inputTokens: 22, outputTokens: 14 });
    expect(model.problems).toEqual([]);
  });

  test('usage is the total of the session, over a resume too', async () => {
    const first = await start();
    await first.prompt(messageInput(script([{ text: 'one' }])));
    await journal.idle();
    expect(journal.usages).toEqual([
      { inputTokens: 11, outputTokens: 7, cachedTokens: 0, costUsd: expect.closeTo(25e-6, 9) },
    ]);
    await first.close('stop');
    const second = await start({ resume: journal.token });
    await second.prompt(messageInput(script([{ text: 'two' }])));
    await journal.idle();
    expect(journal.usages.at(-1)).toMatchObject({ inputTokens: 22, outputTokens: 14 });
  });

  test('text with line separators of Unicode arrives whole', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script([{ text: 'one\u2028two\u2029three' }])));
    await journal.idle();
    expect(journal.text()).toBe('one\u2028two\u2029three');
  });

  test('a steer reaches the turn that runs, before its next step', async () => {
    const agent = await start();
    const rule = { match: 'turn left', steps: [{ text: 'turning left' }], instead: true };
    await agent.prompt(
      messageInput(script([bash('sleep 0.5'), bash('touch not-this'), { text: 'straight on' }], [rule])),
    );
    await until('the tool runs', () => journal.updates().length > 0);
    await agent.prompt(messageInput('turn left', 'steer'));
    await journal.idle();
    expect(journal.text()).toBe('turning left');
    expect(journal.turns).toEqual(['started', 'ended']);
  });

  test('an error of our tool is an error for the model, in its words', async () => {
    const agent = await start();
    await agent.prompt(
      messageInput(script([{ tool: 'ask_user_question', args: { question: 'Why?' } }, { text: 'well' }])),
    );
    (await tools.nextCall()).answer({ text: 'the limit of questions is reached', isError: true });
    await journal.idle();
    expect(journal.updates()[1]).toMatchObject({ status: 'failed' });
    expect(model.requests.at(-1)?.last).toContain('the limit of questions is reached');
    expect(journal.text()).toBe('well');
  });

  test('cancel in the middle of a command ends the command', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script([bash('sleep 300'), { text: 'no' }])));
    await until('the command runs', () => leftProcesses(mark).length > 1);
    await agent.cancel();
    expect(journal.turns).toEqual(['started', 'ended']);
    await until('only pi is left', () => leftProcesses(mark).length === 1);
    expect(journal.text()).toBe('');
  });

  test('a cancel right after the prompt ends the turn that it began', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script([{ text: 'late', delayMs: 60_000 }])));
    expect(journal.turns).toEqual(['started']);
    await agent.cancel();
    expect(journal.turns).toEqual(['started', 'ended']);
    await agent.cancel();
    expect(journal.turns).toEqual(['started', 'ended']);
  });

  test('what waits in the queue is not lost by a cancel', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script([{ text: 'late', delayMs: 60_000 }])));
    await until('the model is asked', () => model.requests.length === 1);
    await agent.prompt(messageInput(script([{ text: 'after it' }]), 'followUp'));
    await agent.cancel();
    await until('it speaks', () => journal.text() === 'after it');
    expect(journal.turns.slice(0, 3)).toEqual(['started', 'ended', 'started']);
  });

  test('when pi is killed in the middle of a command, the command ends too, and the conversation goes on', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script([bash('sleep 300'), { text: 'went on' }])));
    await until('the command runs', () => leftProcesses(mark).length > 1);
    await killPi();
    expect(journal.exits[0]).toMatchObject({ outcome: 'failed', reason: 'signal' });
    expect(journal.turns).toEqual(['started', 'ended']);
    expect(leftProcesses(mark)).toEqual([]);
    expect(agent.resumable).toBe(true);

    const again = await start({ resume: journal.token });
    await again.prompt(messageInput('go on'));
    await journal.idle();
    expect(journal.text()).toBe('went on');
  });

  test('what pi had taken and not written when it was killed comes again with the next message, and only once', async () => {
    const agent = await start();
    const first = messageInput(
      script([{ text: 'never', delayMs: 60_000 }], [{ match: 'go on', steps: [{ text: 'went on' }], instead: true }]),
    );
    await agent.prompt(first);
    await until('the model is asked', () => model.requests.length === 1);
    const queued = messageInput('queued', 'followUp');
    await agent.prompt(queued);
    await killPi();

    const again = await start({ resume: journal.token });
    // A worker that was killed too does not know whether it had handed this over.
    await again.prompt(queued);
    await until('the model is asked again', () => model.requests.length === 2);
    expect(model.requests[1]?.last).toMatch(/<<<SCRIPT.*queued/s);
    await again.prompt(first);
    await again.cancel();
    await again.close('stop');
    expect(model.requests).toHaveLength(2);

    const third = await start({ resume: journal.token });
    expect(journal.turns).toEqual([]);
    await third.prompt(messageInput('go on'));
    await journal.idle();
    expect(model.requests.at(-1)?.last).not.toContain('queued');
    expect(journal.text()).toBe('went on');
  });

  test("a command of the user's own extensions runs without a turn, and once", async () => {
    const extension = join(folder, 'command.mjs');
    await writeFile(
      extension,
      `export default (pi) => pi.registerCommand('greet', { handler: async (args, ctx) => ctx.ui.notify('hello ' + args) });\n`,
    );
    const withCommand = { config: { ...config, command: [...config.command, '-e', extension] } };
    const agent = await start(withCommand);
    await agent.prompt(messageInput('/greet larch'));
    await until('it greets', () => journal.notices.includes('hello larch'));
    await agent.close('stop');
    await start({ ...withCommand, resume: journal.token });
    expect(journal.notices).toEqual([]);
    expect(model.requests).toEqual([]);
  });

  test('a retry is a notice, and the turn goes on', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script([{ status: 503, times: 1, text: 'at last' }])));
    await journal.idle();
    expect(journal.notices.join()).toMatch(/tries again .*1 of 2/);
    expect(journal.text()).toBe('at last');
    expect(journal.errors).toEqual([]);
    expect(journal.turns).toEqual(['started', 'ended']);
  });

  test('a model that fails for good is a failed turn, and pi lives on', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script([{ status: 400 }])));
    await journal.idle();
    expect(journal.errors.join()).toContain('400');
    await agent.prompt(messageInput(script([{ text: 'alive' }])));
    await until('it speaks', () => journal.text() === 'alive');
  });

  test("dialogs of the user's own extensions are questions, and its notifications notices", async () => {
    const extension = join(folder, 'gate.mjs');
    await writeFile(
      extension,
      `export default (pi) => pi.on('tool_call', async (event, ctx) => {
        ctx.ui.notify('looking at ' + event.toolName, 'warning');
        const choice = await ctx.ui.select('Run it?', ['Allow', 'Block']);
        if (choice !== 'Allow') return { block: true, reason: 'not allowed: ' + choice };
      });\n`,
    );
    const agent = await start({ config: { ...config, command: [...config.command, '-e', extension] } });
    journal.answer = { outcome: 'answered', response: 'block' };
    await agent.prompt(messageInput(script([bash('touch no'), { text: 'first' }])));
    await journal.idle();
    expect(journal.asks[0]?.ask).toEqual({
      type: 'ask_user_question',
      text: 'Run it?',
      options: [
        { id: '1', label: 'Allow' },
        { id: '2', label: 'Block' },
      ],
    });
    expect(journal.notices).toContain('looking at bash');
    expect(model.requests.at(-1)?.last).toContain('not allowed: Block');

    journal.answer = { outcome: 'answered', response: '1' };
    await agent.prompt(messageInput(script([bash('echo ran'), { text: 'second' }])));
    await journal.idle(2);
    expect(model.requests.at(-1)?.last).toContain('ran');
  });

  test('a child session is told so, and is offered our tools', async () => {
    const agent = await start({ isChild: true });
    await agent.prompt(messageInput(script([{ text: 'yes' }])));
    await journal.idle();
    expect(model.requests[0]?.tools).toContain('ask_user_question');
    expect(model.requests[0]?.system).toContain('You work as a child session');
  });

  test('a pi that ends by itself ends the session with what it said', async () => {
    const agent = await start({
      config: { ...config, command: ['sh', '-c', 'sleep 2; echo out of luck >&2; kill -9 $$'] },
    }).catch((error: unknown) => error);
    expect(agent).toBeInstanceOf(AgentStartError);
    expect(agent).toMatchObject({ detail: expect.stringContaining('out of luck') });
  });

  test.each([
    ['an unknown model', { model: 'nobody/nothing' }, 'config', 'pi --list-models'],
    [
      'no model at all',
      { env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', PI_OFFLINE: '1' } },
      'auth',
      '/login',
    ],
    ['an option it does not know', { config: { args: ['--nonsense'] } }, 'config', 'update pi'],
  ])(
    '%s is a start error with the way to mend it',
    async (
      _what,
      { config: extra, ...more }: { config?: { args: string[] }; model?: string; env?: Record<string, string> },
      reason,
      fix,
    ) => {
      const command = [...config.command, ...(extra?.args ?? [])];
      const failure = await start({ ...more, config: { ...config, command } }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AgentStartError);
      expect(failure).toMatchObject({ reason, detail: expect.stringContaining(fix) });
    },
  );

  test.skipIf(Number(process.versions.node.split('.')[0]) >= 22)(
    'a Node.js that is too old is named as the cause',
    async () => {
      const command = [process.execPath, ...config.command.slice(1)];
      const failure = await start({ config: { ...config, command } }).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        reason: 'config',
        message: expect.stringContaining('too old'),
        detail: expect.stringContaining('22.19'),
      });
    },
  );
});
