/** The handshake of parent and child as a real pi sees it, through a real worker; the test plays the relay. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type InboxItem, type SessionId } from '@treeline/shared';
import { script } from '@treeline/test-support/model-server/script.ts';
import { startModelServer, type ModelServer } from '@treeline/test-support/model-server/server.ts';
import { describeReal, piConfig } from '@treeline/test-support/real-agents.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleWorker, eventually, Stage, stamp } from '../../worker/worker.test-support.ts';
import { leftProcesses } from '../agent.contract-support.ts';

describeReal('pi in a worker', () => {
  let bundle: string;
  let program: string;
  let home: string;
  let model: ModelServer;
  let stage: Stage;

  beforeAll(async () => {
    bundle = await mkdtemp(join(tmpdir(), 'treeline-bundle-'));
    program = await bundleWorker(bundle);
  });
  afterAll(() => rm(bundle, { recursive: true, force: true }));
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'treeline-pi-worker-'));
    model = await startModelServer();
  });
  afterEach(async () => {
    await stage.strike();
    await model.close();
    await eventually('pi is gone', async () => leftProcesses(stage.id).length === 0 || undefined);
    await rm(home, { recursive: true, force: true });
  });

  async function set(parentId: SessionId | null): Promise<void> {
    const agent = await piConfig({ modelServerUrl: model.url, home });
    stage = await Stage.set({ program, parentId, agent: { ...agent, command: [...agent.command], passEnv: [] } });
    await stage.startDaemon();
    stage.startWorker();
  }

  function trigger(child: SessionId, type: 'ask_user_question' | 'session_complete', text: string) {
    const about = { kind: 'trigger', type, child, childTitle: 'a child', text, deliverAs: 'steer' } as const;
    const item = { ...stamp(), ...about, triggerId: newId('trigger') } satisfies InboxItem;
    return item;
  }

  test('a parent spawns, answers, escalates and is told the summary', async () => {
    await set(null);
    const { onMessage, steps } = parent();
    await stage.prompt(script(steps, onMessage));
    const spawn = await stage.fact('spawn');
    expect(spawn.spec.prompt).toBe(script([{ text: 'a child' }]));

    const first = trigger(spawn.sessionId, 'ask_user_question', 'Which colour?');
    await stage.put(first);
    expect(await stage.fact('answer')).toMatchObject({ triggerId: first.triggerId, response: 'blue' });

    const second = trigger(spawn.sessionId, 'ask_user_question', 'Really?');
    await stage.put(second);
    expect(await stage.fact('escalate')).toMatchObject({ triggerId: second.triggerId, context: 'too hard' });

    await stage.put(trigger(spawn.sessionId, 'session_complete', 'painted it blue'));
    await stage.said('the child says: painted it blue');
  });

  function parent() {
    const steps = [{ tool: 'spawn_session', args: { prompt: script([{ text: 'a child' }]) } }, { text: 'waiting' }];
    const onMessage = [
      {
        match: 'Which colour',
        steps: [
          { tool: 'respond_to_trigger', args: { triggerId: '$trigger', response: 'blue' } },
          { text: 'answered' },
        ],
      },
      {
        match: 'asks a question',
        steps: [
          { tool: 'escalate_trigger', args: { triggerId: '$trigger', context: 'too hard' } },
          { text: 'passed on' },
        ],
      },
      { match: 'completed.*\n> (.*)', steps: [{ text: 'the child says: $1' }] },
    ];
    return { steps, onMessage };
  }

  test('a child asks, waits in the tool call, and ends with its last message as the summary', async () => {
    await set(newId('session'));
    const ask = { tool: 'ask_user_question', args: { question: 'Which tree?', options: ['oak', 'larch'] } };
    await stage.prompt(script([ask, { text: 'planted' }]));
    const asked = await stage.fact('ask');
    expect(asked.ask).toMatchObject({ type: 'ask_user_question', text: 'Which tree?' });
    await stage.answer(asked.triggerId, 'larch');
    expect(await stage.fact('end')).toMatchObject({ outcome: 'completed', summary: 'planted' });
    expect(model.requests.at(-1)?.last).toContain('larch');
    expect(await stage.fact('usage')).toMatchObject({ usage: { inputTokens: expect.any(Number) } });
  });

  test('when its worker is killed pi ends with it', async () => {
    await set(null);
    await stage.prompt(script([{ tool: 'bash', args: { command: 'sleep 300' } }]));
    await eventually('the command runs', async () => leftProcesses(stage.id).length > 1 || undefined);
    stage.worker?.kill('SIGKILL');
    await eventually('nothing is left', async () => leftProcesses(stage.id).length === 0 || undefined);
  });
});
