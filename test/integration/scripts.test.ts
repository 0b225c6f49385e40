/** The scripted agent's whole language, and trees that are deeper and wider than the scenario's. */
import type { SessionTree } from '@treeline/shared';
import { useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { faultsOf, readFrames, readRecords, textOf } from '@treeline/test-support/session-log.ts';
import {
  childOf,
  getSession,
  startSession,
  untilAsked,
  untilEnded,
  untilSession,
} from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { beforeAll, describe, expect, test } from 'vitest';

describe('scripts', () => {
  const held = useRig({ store: 'embedded' });
  let alpha: RunnerProcess;
  let beta: RunnerProcess;
  beforeAll(async () => {
    alpha = await held.rig.runner('alpha');
    beta = await held.rig.runner('beta');
  });

  test('play every step of the language', async () => {
    const { rig } = held;
    const cwd = await rig.makeFolder('garden');
    const planner = [
      { waitForMessage: true },
      { say: 'I was told: $message' },
      { plan: 'First dig, then fill' },
      { finish: 'The plan: $answer' },
    ] as const;
    const root = await startSession(rig, {
      runner: alpha,
      prompt: [
        { say: 'I begin' },
        { think: 'What first?' },
        { tool: { name: 'look_around', input: { where: 'garden' }, output: 'roses' } },
        { spawn: { script: [...planner], runnerId: beta.id, cwd } },
        { tell: 'dig for $child' },
        { respond: 'approve, and mind the roses' },
        { waitForChildren: true },
        { spawn: { script: [{ crash: 9 }] } },
        { waitForChildren: true },
        { spawn: { script: 'A prompt that is no script', agent: 'scripted' } },
        { waitForChildren: true },
        { emit: { count: 40, bytes: 32 } },
        { sleep: 10 },
        { ask: { question: 'Shall I end?', options: ['yes', 'no'] } },
        { finish: 'ended with $answer' },
      ],
    });
    const question = await untilAsked(rig, root, 'Shall I end?');
    expect(question.options?.map(({ label }) => label)).toEqual(['yes', 'no']);
    expect((await rig.cli(['inbox', 'answer', question.id, '--option', '1'])).code).toBe(0);
    expect(await untilEnded(rig, root)).toMatchObject({ lifecycle: { summary: 'ended with yes' } });

    const tree = (await rig.cli(['session', 'tree', root, '--json'])).json<SessionTree>();
    const children = tree.children.map(({ session }) => session);
    expect(children.map(({ status }) => status).toSorted()).toEqual(['completed', 'completed', 'failed']);
    const planned = children.find(({ cwd: folder }) => folder === cwd);
    const crashed = children.find(({ status }) => status === 'failed');
    expect(planned).toMatchObject({ status: 'completed', runnerId: beta.id });
    expect(JSON.stringify(planned?.lifecycle)).toContain('mind the roses');
    expect(crashed).toMatchObject({ lifecycle: { reason: 'error', detail: 'exit code 9' } });
    const said = textOf(await readRecords(rig.api, root));
    for (const text of ['I begin', 'What first?', 'look_around', 'roses', '39 x', 'A prompt that is no script'])
      expect(said, text).toContain(text);
    const child = textOf(await readRecords(rig.api, planned?.id ?? root));
    expect(child).toContain(`I was told: dig for ${planned?.id}`);
  });

  test('TRG-1 let a question of a grandchild climb to a person, and the root shows that it waits', async () => {
    const { rig } = held;
    const grandchild = [{ ask: { question: 'Who decides this?' } }, { finish: 'decided: $answer' }] as const;
    const root = await startSession(rig, {
      runner: alpha,
      prompt: [
        {
          spawn: {
            runnerId: beta.id,
            script: [
              { spawn: { runnerId: alpha.id, script: [...grandchild] } },
              { escalate: 'I am only a child' },
              { waitForChildren: true },
              { finish: 'my child is done' },
            ],
          },
        },
        { waitForChildren: true },
        { finish: 'all done' },
      ],
    });
    const question = await untilAsked(rig, root, 'Who decides this?');
    await until('it is escalated', async () => {
      const { state } = await rig.api.getTrigger({ params: { id: question.id } });
      return state.state === 'escalated';
    });
    expect((await rig.cli(['inbox', 'ls'])).stdout).toContain('Who decides this?');
    expect(question.path).toHaveLength(3);
    expect((await rig.cli(['session', 'tree', root])).stdout).toContain('needs you');
    expect((await rig.cli(['inbox', 'answer', question.id.slice(-6), 'you', 'do'])).code).toBe(0);
    expect(await untilEnded(rig, root)).toMatchObject({ status: 'completed' });
    expect(await getSession(rig, question.sessionId)).toMatchObject({ lifecycle: { summary: 'decided: you do' } });
  });

  test('TREE-4 play eight children at once, each asks, and each gets its own answer', async () => {
    const { rig } = held;
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const root = await startSession(rig, {
      runner: alpha,
      prompt: [
        ...names.map((name) => ({
          spawn: {
            runnerId: beta.id,
            script: [{ ask: { question: `What for ${name}?` } }, { finish: `${name}: $answer` }],
          },
        })),
        { waitForChildren: true },
        { finish: 'all eight' },
      ],
    });
    for (const name of names.toReversed()) {
      const { id } = await untilAsked(rig, root, `What for ${name}?`);
      await rig.api.respondToTrigger({ params: { id }, body: { response: `this is for ${name}` } });
    }
    expect(await untilEnded(rig, root)).toMatchObject({ lifecycle: { summary: 'all eight' } });
    const { sessions } = await rig.api.listSessions({ query: { parent: root } });
    const summaries = sessions.map(({ lifecycle }) => (lifecycle.state === 'ended' && lifecycle.summary) || '');
    expect(summaries.toSorted()).toEqual(names.map((name) => `${name}: this is for ${name}`));
    for (const { id } of [...sessions, { id: root }]) expect(faultsOf(await readFrames(rig.api, id))).toEqual([]);
  });

  test('TRG-6 send a question to people when the parent ends while it waits, and stop whole trees', async () => {
    const { rig } = held;
    const root = await startSession(rig, {
      runner: alpha,
      prompt: [
        { spawn: { runnerId: beta.id, script: [{ ask: { question: 'Are you still there?' } }, { hang: true }] } },
        { waitForMessage: true },
        { finish: 'I leave' },
      ],
    });
    const child = await childOf(rig, root);
    const { id } = await untilAsked(rig, root, 'Are you still there?');
    await rig.api.sendMessage({ params: { id: root }, body: { text: 'leave' } });
    await untilEnded(rig, root);
    expect((await rig.api.getTrigger({ params: { id } })).state).toMatchObject({ state: 'escalated' });
    expect((await rig.cli(['inbox', 'answer', id, 'I am'])).code).toBe(0);
    await untilSession(rig, child, { what: 'the child goes on', is: ({ openTriggers }) => openTriggers.length === 0 });
    const stopped = await rig.cli(['session', 'stop', root, '--tree', '--json']);
    expect(stopped.json<{ stopping: string[] }>().stopping).toEqual([child]);
    expect(await untilEnded(rig, child)).toMatchObject({ status: 'cancelled' });
  });
});
