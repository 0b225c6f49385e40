/** What the relay and the runners refuse, as people see it on the command line and agents at their tools; and that all goes on after it. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, type SessionId } from '@treeline/shared';
import type { ApiProblem } from '@treeline/test-support/api.ts';
import { script } from '@treeline/test-support/model-server/script.ts';
import { startModelServer, type ModelServer } from '@treeline/test-support/model-server/server.ts';
import { describeReal, findRealAgents, piConfig } from '@treeline/test-support/real-agents.ts';
import { onEachStore, useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import {
  childOf,
  getSession,
  logsOf,
  startSession,
  untilAsked,
  untilEnded,
  untilLogged,
} from '@treeline/test-support/sessions.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** As docs say: 1 failed, 2 usage, 3 not found, 4 not allowed, 6 conflict, 8 runner offline, 20 session failed. */
type Refusal = readonly [exit: number, code: string];

onEachStore('refusals', (store) => {
  const held = useRig({
    store,
    relayEnv: {
      TREELINE_MAX_DEPTH: '2',
      TREELINE_MAX_LIVE_CHILDREN: '3',
      TREELINE_MAX_LIVE_IN_TREE: '5',
      TREELINE_SPAWNS_PER_MINUTE: '4',
    },
  });
  let runner: RunnerProcess;
  let model: ModelServer | undefined;
  beforeAll(async () => {
    model = await startModelServer();
    const options = { modelServerUrl: model.url, home: await held.rig.makeFolder('agents') };
    const configs = findRealAgents() === undefined ? [] : [await piConfig(options)];
    const agents = Object.fromEntries(configs.map(({ name, ...entry }) => [name, entry]));
    runner = await held.rig.runner('alpha', { agents });
  });
  afterAll(() => model?.close());

  /** Runs the command and holds it to the exit code and to one problem in JSON on stderr. */
  const expectRefusal = async (args: readonly string[], [code, problem]: Refusal): Promise<string> => {
    const refused = await held.rig.cli([...args, '--json']);
    expect({ args, code: refused.code, problem: refused.problem().code }).toEqual({ args, code, problem });
    const { message, hint } = refused.problem();
    expect(message).not.toBe('');
    expect(hint).not.toBe('');
    return message;
  };
  const create = (...more: string[]) => ['session', 'new', '[]', '--agent', 'scripted', '--runner', 'alpha', ...more];
  const rootOf = (prompt: Parameters<typeof startSession>[1]['prompt'] = 'a root that waits') =>
    startSession(held.rig, { prompt, runner });

  describe('starting a session', () => {
    test('TREE-2 twice with one key makes one; with the key and another prompt it is refused', async () => {
      const { rig } = held;
      const once = await rig.cli([...create('--key', 'the-key'), '--json']);
      const twice = await rig.cli([...create('--key', 'the-key'), '--json']);
      expect([once.code, twice.code]).toEqual([0, 0]);
      expect(twice.json<{ id: SessionId }>().id).toBe(once.json<{ id: SessionId }>().id);
      await expectRefusal(['session', 'new', 'something else', '--key', 'the-key'], [6, 'key_reused']);
    });

    test('TREE-3 under a parent that is unknown or has ended is refused, and nothing is started', async () => {
      const { rig } = held;
      const before = (await rig.api.listSessions({ query: { limit: 500 } })).sessions.length;
      await expectRefusal(create('--parent', newId('session')), [3, 'parent_unknown']);
      const ended = await rootOf([{ finish: 'over' }]);
      await untilEnded(rig, ended);
      await expectRefusal(create('--parent', ended), [6, 'parent_ended']);
      expect((await rig.api.listSessions({ query: { limit: 500 } })).sessions).toHaveLength(before + 1);
    });

    test('TREE-4 beyond each limit of the tree is refused with its name', async () => {
      const root = await rootOf();
      const [first = root] = await Promise.all(
        [1, 2, 3].map(() => startSession(held.rig, { prompt: [{ hang: true }], runner, parent: root })),
      );
      expect(await expectRefusal(create('--parent', root), [1, 'children_limit'])).toContain('3 live children');
      const grandchild = await startSession(held.rig, { prompt: [{ hang: true }], runner, parent: first });
      expect(await expectRefusal(create('--parent', grandchild), [1, 'depth_limit'])).toContain('2 levels');
      expect(await expectRefusal(create('--parent', first), [1, 'tree_limit'])).toContain('5 live sessions');
      await held.rig.cli(['session', 'stop', root, '--tree']);
      for (const id of [root, first, grandchild]) await untilEnded(held.rig, id);
    });

    test('TREE-4 more often than a session may is told to its agent, which goes on', async () => {
      const spawn = { spawn: { script: [{ finish: 'quick' }] } };
      const root = await rootOf([spawn, spawn, spawn, { waitForChildren: true }, spawn, spawn, { finish: 'went on' }]);
      await untilLogged(held.rig, root, 'spawned 4 sessions within a minute');
      expect(await untilEnded(held.rig, root)).toMatchObject({ lifecycle: { summary: 'went on' } });
      const { sessions } = await held.rig.api.listSessions({ query: { parent: root } });
      expect(sessions).toHaveLength(4);
    });

    test('LINK-8 in a folder outside the roots of the runner ends it with that reason', async () => {
      const { rig } = held;
      const inside = await rig.makeFolder('project');
      await symlink('/', join(inside, 'way-out'));
      for (const cwd of ['/etc', join(inside, 'way-out', 'etc'), join(inside, '..', '..'), runner.home]) {
        const started = await rig.cli([...create('--cwd', cwd), '--json']);
        const { id } = started.json<{ id: SessionId }>();
        expect(await untilEnded(rig, id)).toMatchObject({ status: 'failed', lifecycle: { reason: 'config' } });
        const waited = await rig.cli(['session', 'wait', id]);
        expect(waited).toMatchObject({ code: 20 });
        expect(waited.stdout).toMatch(/allowed root|own folder/);
      }
      const fine = await rig.cli([...create('--cwd', inside), '--json']);
      const { id } = fine.json<{ id: SessionId }>();
      expect((await rig.cli(['session', 'wait', id, '--for', 'idle'])).code).toBe(0);
      await rig.cli(['session', 'stop', id]);
    });

    test('with an agent, a runner or an id that is not there is refused', async () => {
      const { rig } = held;
      const unknown = ['session', 'new', 'x', '--runner', 'alpha', '--agent', 'no-such-agent'];
      expect(await expectRefusal(unknown, [1, 'agent_unknown'])).toContain('scripted');
      await expectRefusal(['session', 'new', 'x', '--runner', newId('runner')], [8, 'no_runner']);
      await expectRefusal(['session', 'new', 'x', '--runner', 'nobody'], [3, 'not_found']);
      await expectRefusal(['session', 'new', 'x', '--runner-label', 'gpu=yes'], [8, 'no_runner']);
      await expectRefusal(['session', 'show', newId('session')], [3, 'not_found']);
      await expectRefusal(['session', 'show', 'zzzzzz'], [3, 'not_found']);
      await expectRefusal(['session', 'send', newId('session'), 'hello'], [3, 'not_found']);
      await expectRefusal(['inbox', 'answer', newId('trigger'), 'hello'], [3, 'not_found']);
      await expectRefusal(['session', 'nonsense'], [2, 'usage']);
      const nobody = await rig.cli(['session', 'ls', '--json', '--token-file', '-'], {
        env: { TREELINE_URL: rig.relay.url },
        stdin: 'tl_user_nonsense',
      });
      expect({ code: nobody.code, problem: nobody.problem().code }).toEqual({ code: 4, problem: 'unauthenticated' });
      const nowhere = await rig.cli(['session', 'ls', '--json', '--url', 'http://127.0.0.1:1']);
      expect({ code: nowhere.code, problem: nowhere.problem().code }).toEqual({ code: 5, problem: 'unreachable' });
    });
  });

  describe('answering', () => {
    test('TRG-2 a second time tells who was first, and of many at once one counts', async () => {
      const { rig } = held;
      const asker = await rootOf([
        { ask: { question: 'One or two?' } },
        { ask: { question: 'Who is first?' } },
        { finish: '$answer' },
      ]);
      const question = await untilAsked(rig, asker, 'One or two?');
      expect((await rig.cli(['inbox', 'answer', question.id, 'one'])).code).toBe(0);
      const message = await expectRefusal(['inbox', 'answer', question.id, 'two'], [6, 'already_answered']);
      expect(message).toContain('one');
      await expectRefusal(['inbox', 'escalate', question.id], [6, 'already_answered']);

      const { id } = await untilAsked(rig, asker, 'Who is first?');
      const answers = await Promise.allSettled(
        ['a', 'b', 'c', 'd', 'e'].map((response) => rig.api.respondToTrigger({ params: { id }, body: { response } })),
      );
      const accepted = answers.filter(({ status }) => status === 'fulfilled');
      const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as ApiProblem] : []));
      expect(accepted).toHaveLength(1);
      expect(refused.map(({ code }) => code)).toEqual(Array(4).fill('already_answered'));
      const { lifecycle } = await untilEnded(rig, asker);
      expect(await rig.api.getTrigger({ params: { id } })).toMatchObject({
        state: { state: 'answered', response: lifecycle.state === 'ended' ? lifecycle.summary : '' },
      });
    });

    test('TRG-7 a child that has ended is refused, never accepted', async () => {
      const { rig } = held;
      const asker = await rootOf([{ ask: { question: 'Too late?' } }, { finish: '$answer' }]);
      const question = await untilAsked(rig, asker, 'Too late?');
      await rig.cli(['session', 'stop', asker]);
      await untilEnded(rig, asker);
      const refused = await rig.cli(['inbox', 'answer', question.id, 'yes', '--json']);
      expect(refused.code).toBe(6);
      expect(['child_gone', 'trigger_closed']).toContain(refused.problem().code);
    });
  });

  describeReal('an agent', () => {
    interface Call {
      readonly tool: string;
      readonly args: Record<string, unknown>;
      readonly refusal: string;
    }
    /** What pi's tools told its model, one call after the other. */
    const pi = async (...calls: readonly Call[]): Promise<void> => {
      const id = await startSession(held.rig, {
        prompt: script([...calls.map(({ tool, args }) => ({ tool, args })), { text: 'so be it' }]),
        runner,
        agent: 'pi',
      });
      await untilLogged(held.rig, id, 'so be it');
      const refusals = (await logsOf(held.rig, id)).filter((line) =>
        calls.some(({ refusal }) => line.includes(refusal)),
      );
      expect(refusals).toHaveLength(calls.length);
      await held.rig.cli(['session', 'stop', id]);
      await untilEnded(held.rig, id);
    };

    test('TRG-3 that is not the parent cannot answer or escalate, and learns not even whether there is a question', async () => {
      const { rig } = held;
      const asker = await rootOf([
        { spawn: { script: [{ ask: { question: 'For my parent only' } }, { finish: '$answer' }] } },
        { waitForMessage: true },
        { respond: 'from the parent' },
        { waitForChildren: true },
        { finish: 'over' },
      ]);
      const { id, sessionId } = await untilAsked(rig, asker, 'For my parent only');
      const refusal = 'not_addressed';
      await pi(
        { tool: 'respond_to_trigger', args: { triggerId: id, response: 'from a stranger' }, refusal },
        { tool: 'respond_to_trigger', args: { triggerId: newId('trigger'), response: 'guessed' }, refusal },
        { tool: 'escalate_trigger', args: { triggerId: id }, refusal },
      );
      expect((await rig.api.getTrigger({ params: { id } })).state.state).toBe('delivered');
      await rig.api.sendMessage({ params: { id: asker }, body: { text: 'answer it' } });
      expect(await untilEnded(rig, sessionId)).toMatchObject({ lifecycle: { summary: 'from the parent' } });
      await untilEnded(rig, asker);
    });

    test('TREE-8 cannot tell a stranger’s child anything', async () => {
      const { rig } = held;
      const parent = await rootOf([{ spawn: { script: [{ hang: true }] } }, { waitForChildren: true }]);
      const child = await childOf(rig, parent);
      await pi(
        ...[child, parent].map((sessionId) => ({
          tool: 'tell_child',
          args: { sessionId, message: 'psst' },
          refusal: 'not_a_child',
        })),
      );
      const { stdout } = await rig.cli(['session', 'logs', child]);
      expect(stdout).not.toContain('psst');
      await rig.cli(['session', 'stop', parent, '--tree']);
      await untilEnded(rig, parent);
    });
  });

  test('leave the relay well', async () => {
    const id = await rootOf([{ finish: 'all is well' }]);
    expect(await untilEnded(held.rig, id)).toMatchObject({ lifecycle: { summary: 'all is well' } });
    expect((await fetch(`${held.rig.relay.url}/healthz`)).status).toBe(200);
    expect(held.rig.relay.log()).not.toMatch(/"level":(50|60)/);
    expect((await getSession(held.rig, id)).status).toBe('completed');
  });
});
