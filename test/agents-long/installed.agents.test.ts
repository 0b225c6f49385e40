/** One run of the whole handshake with each agent that is installed on this machine, in both roles, one after another. */
import { startModelServer, type ModelServer } from '@treeline/test-support/model-server/server.ts';
import { script } from '@treeline/test-support/model-server/script.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { startSession, untilEnded, untilLogged, untilTrigger } from '@treeline/test-support/sessions.ts';
import { faultsOf, readFrames } from '@treeline/test-support/session-log.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram, INSTALLABLE, type InstalledAgent } from './installed.ts';

const QUESTION = 'Which colour shall the door have?';
const ANSWER = 'Green, as the windows are';
const SUMMARY = 'The door is painted';

for (const agent of INSTALLABLE) {
  const program = findProgram(agent);
  const hint = program === undefined ? ` (not on the PATH: ${agent.install})` : '';
  describe.skipIf(program === undefined)(`${agent.name}${hint}`, () => {
    handshake(agent, program ?? '');
  });
}

function handshake(agent: InstalledAgent, program: string): void {
  const held = useRig({ store: 'embedded' });
  let model: ModelServer | undefined;
  let runner: RunnerProcess;
  beforeAll(async () => {
    model = await startModelServer();
    const home = await held.rig.makeFolder('home');
    const env = await agent.configure({ home, modelServerUrl: model.url });
    const entry = { kind: 'acp', command: [program, ...agent.args], env: { HOME: home, ...env } } as const;
    runner = await held.rig.runner('alpha', { agents: { [agent.name]: entry } });
  });
  afterAll(() => model?.close());

  test('as a child asks, is answered, and completes', async () => {
    const { rig } = held;
    const child = script([{ tool: 'ask_user_question', args: { question: QUESTION } }, { text: SUMMARY }]);
    const root = await startSession(rig, {
      prompt: [
        { spawn: { script: child, agent: agent.name } },
        { respond: ANSWER },
        { waitForChildren: true },
        { finish: 'over' },
      ],
      runner,
    });
    await untilEnded(rig, root, 120_000);
    await untilLogged(rig, root, SUMMARY);
    const { sessions } = await rig.api.listSessions({ query: { parent: root } });
    expect(sessions).toMatchObject([
      { agent: agent.name, status: 'completed', lifecycle: { outcome: 'completed', summary: SUMMARY } },
    ]);
    for (const { id } of sessions) {
      await untilLogged(rig, id, SUMMARY);
      expect(faultsOf(await readFrames(rig.api, id))).toEqual([]);
    }
    expect(model?.problems).toEqual([]);
  });

  test('as a parent spawns, answers, and hears the summary', async () => {
    const { rig } = held;
    const child = JSON.stringify([{ ask: { question: QUESTION } }, { say: 'heard: $answer' }, { finish: SUMMARY }]);
    const root = await startSession(rig, {
      agent: agent.name,
      prompt: script(
        [{ tool: 'spawn_session', args: { prompt: child, agent: 'scripted' } }, { text: 'The child is at work.' }],
        [
          {
            match: 'which colour',
            steps: [
              { tool: 'respond_to_trigger', args: { triggerId: '$trigger', response: ANSWER } },
              { text: 'Answered.' },
            ],
          },
          { match: 'has completed', steps: [{ text: 'The house has its door.' }] },
        ],
      ),
      runner,
    });
    const { sessionId } = await untilTrigger(rig, root, {
      what: 'the child asks',
      is: ({ text }) => text === QUESTION,
      withinMs: 120_000,
    });
    expect(await untilEnded(rig, sessionId, 120_000)).toMatchObject({ status: 'completed' });
    await untilLogged(rig, sessionId, `heard: ${ANSWER}`);
    await untilLogged(rig, root, SUMMARY);
    await untilLogged(rig, root, 'The house has its door.');
    await rig.cli(['session', 'stop', root]);
    await untilEnded(rig, root);
    expect(model?.problems).toEqual([]);
  });
}
