import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type InboxItem, type ScriptStep } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asItIs } from '../agent.ts';
import { describeAgent } from '../agent.contract.ts';
import { Journal, TestTools, messageInput, until } from '../agent.contract-support.ts';
import { startScripted } from './index.ts';

const config = { name: 'scripted', kind: 'scripted', command: [], env: {}, passEnv: [] } as const;
const script = (...steps: ScriptStep[]) => JSON.stringify(steps);

describeAgent({
  name: 'scripted',
  start: startScripted,
  setUp: () => Promise.resolve({ config }),
  prompts: {
    say: (text) => script({ say: text }),
    long: () => script({ hang: true }),
    slow: (text) => script({ sleep: 300 }, { say: text }),
    ask: (question) => script({ ask: { question } }, { say: 'thanks: $answer' }),
  },
});

describe('scripted', () => {
  let folder: string;
  let journal: Journal;
  let tools: TestTools;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'treeline-scripted-'));
    journal = new Journal();
    tools = new TestTools();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const start = (resume?: string) =>
    startScripted(
      {
        config,
        sessionId: newId('session'),
        cwd: folder,
        dataDir: folder,
        env: {},
        launch: asItIs,
        tools,
        isChild: true,
        resume,
      },
      journal,
    );
  const ended = () => until('the turn ends', () => journal.turns.at(-1) === 'ended');
  const input = (item: InboxItem) => ({ text: '', deliverAs: 'followUp' as const, item });
  const base = () => ({ id: newId('message'), at: Date.now() });
  const fromChild = {
    child: newId('session'),
    childTitle: 'a child',
    text: 'which one?',
    deliverAs: 'followUp',
  } as const;

  it('says back a prompt that is no JSON array', async () => {
    const agent = await start();
    await agent.prompt(messageInput('hello there'));
    await ended();
    expect(journal.text()).toBe('hello there');
  });

  it('fails the turn on a script with an unknown step, and lives on', async () => {
    const agent = await start();
    await agent.prompt(messageInput('[{"dance": true}]'));
    await ended();
    expect(journal.errors[0]).toContain('The script is not valid at 0');
    expect(journal.exits).toEqual([]);
  });

  it('finish ends the agent with the summary, filled in', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script({ ask: { question: 'q' } }, { finish: 'it is $answer' })));
    (await tools.nextCall()).answer({
      text: JSON.stringify({ outcome: 'answered', response: 'blue' }),
      isError: false,
    });
    await until('it exits', () => journal.exits.length > 0);
    expect(journal.exits).toEqual([{ outcome: 'completed', reason: 'ok', summary: 'it is blue' }]);
  });

  it('crash exits as failed with its code', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script({ crash: 7 })));
    await until('it exits', () => journal.exits.length > 0);
    expect(journal.exits[0]).toMatchObject({ outcome: 'failed', reason: 'error', detail: 'exit code 7' });
  });

  it('a refused tool is said, stands in $answer, and the script goes on', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script({ spawn: { script: [{ say: '$answer' }] } }, { say: 'then: $answer' })));
    const call = await tools.nextCall();
    expect(call.args).toEqual({ prompt: script({ say: '$answer' }), agent: 'scripted' });
    call.answer({ text: 'too deep [depth_limit]', isError: true });
    await ended();
    expect(journal.text()).toBe('spawn_session failed: too deep [depth_limit]then: too deep [depth_limit]');
  });

  it('respond answers the oldest question of a child, escalate the next one, and notices are not answered', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script({ respond: 'blue' }, { escalate: 'not mine' })));
    const [first, second] = [newId('trigger'), newId('trigger')];
    await agent.prompt(
      input({ ...base(), kind: 'trigger', type: 'session_complete', triggerId: newId('trigger'), ...fromChild }),
    );
    await agent.prompt(
      input({ ...base(), kind: 'trigger', type: 'ask_user_question', triggerId: first, ...fromChild }),
    );
    await agent.prompt(input({ ...base(), kind: 'trigger', type: 'plan_review', triggerId: second, ...fromChild }));
    const respond = await tools.nextCall();
    expect(respond).toMatchObject({ name: 'respond_to_trigger', args: { triggerId: first, response: 'blue' } });
    respond.answer({ text: '{}', isError: false });
    const escalate = await tools.nextCall();
    expect(escalate).toMatchObject({ name: 'escalate_trigger', args: { triggerId: second, context: 'not mine' } });
    escalate.answer({ text: '{}', isError: false });
    await ended();
  });

  it('a question that closed elsewhere is not answered', async () => {
    const agent = await start();
    const [closed, open] = [newId('trigger'), newId('trigger')];
    await agent.prompt(
      input({ ...base(), kind: 'trigger', type: 'ask_user_question', triggerId: closed, ...fromChild }),
    );
    await agent.prompt(input({ ...base(), kind: 'trigger_closed', triggerId: closed, how: 'answered by Robin' }));
    await agent.prompt(input({ ...base(), kind: 'trigger', type: 'ask_user_question', triggerId: open, ...fromChild }));
    await agent.prompt(messageInput(script({ respond: 'x' })));
    expect((await tools.nextCall()).args).toMatchObject({ triggerId: open });
    await agent.cancel();
  });

  it('waitForChildren lasts until the last child is over, and their summaries are in the log', async () => {
    const agent = await start();
    await agent.prompt(
      messageInput(
        script({ spawn: { script: 'x' } }, { spawn: { script: 'y' } }, { waitForChildren: true }, { say: 'all over' }),
      ),
    );
    const children = [newId('session'), newId('session')];
    for (const sessionId of children) {
      (await tools.nextCall()).answer({ text: JSON.stringify({ sessionId, shareUrl: 'u' }), isError: false });
    }
    const [one, two] = children;
    if (one === undefined || two === undefined) throw new Error('two children');
    await agent.prompt(
      input({
        ...base(),
        ...fromChild,
        kind: 'trigger',
        type: 'session_complete',
        triggerId: newId('trigger'),
        child: one,
        text: 'built it',
      }),
    );
    expect(journal.text()).toContain(`child ${one} completed: built it`);
    expect(journal.text()).not.toContain('all over');
    await agent.prompt(
      input({
        ...base(),
        ...fromChild,
        kind: 'trigger',
        type: 'session_error',
        triggerId: newId('trigger'),
        child: two,
        reason: 'lost',
      }),
    );
    await ended();
    expect(journal.text()).toMatch(/failed \(lost\)[^]*all over/);
  });

  it('waitForMessage takes what came before it, in order', async () => {
    const agent = await start();
    await agent.prompt(
      messageInput(
        script(
          { sleep: 50 },
          { waitForMessage: true },
          { say: 'got $message' },
          { waitForMessage: true },
          { say: 'got $message' },
        ),
      ),
    );
    await agent.prompt(messageInput('one'));
    await agent.prompt(messageInput('two'));
    await ended();
    expect(journal.text()).toBe('got onegot two');
  });

  it('the same item twice counts once', async () => {
    const agent = await start();
    const twice = messageInput('again');
    await agent.prompt(twice);
    await agent.prompt(twice);
    await ended();
    expect(journal.text()).toBe('again');
  });

  it('emit makes exactly so many updates of that size, in order', async () => {
    const agent = await start();
    await agent.prompt(messageInput(script({ emit: { count: 1000, bytes: 200 } })));
    await ended();
    const { stored } = journal.messages();
    expect(stored).toHaveLength(1000);
    expect(new Set(stored.map((text) => text.length))).toEqual(new Set([200]));
    expect(stored.map((text) => Number(text.split(' ')[0]))).toEqual(stored.map((_, index) => index));
  });

  it('a new process goes on with the step that was cut off, and keeps what it had received', async () => {
    const first = await start();
    await first.prompt(
      messageInput(
        script({ waitForMessage: true }, { say: 'step one' }, { hang: true }, { say: 'step two: $message' }),
      ),
    );
    await first.prompt(messageInput('kept'));
    await until('it hangs', () => journal.text().includes('step one'));
    await until('the step is kept', () => journal.token?.includes('"step":2') === true);
    const { token = '' } = journal;
    journal = new Journal();
    const second = await start(token.replace('"step":2', '"step":3'));
    await ended();
    expect(journal.text()).toBe('step two: kept');
    await second.close('kill');
    await first.close('kill');
  });

  it('a message that comes while a script is taken up is for that script', async () => {
    const first = await start();
    await first.prompt(messageInput(script({ say: 'once' }, { waitForMessage: true }, { say: 'got $message' })));
    await until('it waits', () => journal.token?.includes('"step":1') === true);
    const { token } = journal;
    journal = new Journal();
    const second = await start(token);
    await second.prompt(messageInput('hello'));
    await ended();
    expect(journal.text()).toBe('got hello');
    expect(journal.turns).toEqual(['started', 'ended']);
    await first.close('kill');
  });

  it('an answer that came while no process waited is the answer of the step that asked', async () => {
    const first = await start();
    await first.prompt(messageInput(script({ ask: { question: 'colour?' } }, { say: 'it is $answer' })));
    await tools.nextCall();
    const { token } = journal;
    journal = new Journal();
    const second = await start(token);
    await second.prompt(
      input({
        ...base(),
        kind: 'answer',
        triggerId: newId('trigger'),
        outcome: 'answered',
        response: 'green',
        by: { kind: 'person', name: 'Robin' },
      }),
    );
    await ended();
    expect(journal.text()).toBe('it is green');
    expect(tools.calls).toBe(1);
    await first.close('kill');
  });
});
