/** Agents under the hands of a person at the command line: a plain command, steering, follow-ups, stopping, attaching. */
import type { SessionId } from '@treeline/shared';
import { script, type Step } from '@treeline/test-support/model-server/script.ts';
import { startModelServer, type ModelServer } from '@treeline/test-support/model-server/server.ts';
import { processesWith } from '@treeline/test-support/processes.ts';
import { codexConfig, describeReal, findRealAgents, piConfig } from '@treeline/test-support/real-agents.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import type { AgentEntry, RunnerProcess } from '@treeline/test-support/runner-process.ts';
import {
  getSession,
  logsOf,
  startSession,
  untilEnded,
  untilLogged,
  untilSession,
} from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

describe('agents at the command line', () => {
  const held = useRig({ store: 'embedded' });
  let runner: RunnerProcess;
  let model: ModelServer | undefined;
  beforeAll(async () => {
    model = await startModelServer();
    const options = { modelServerUrl: model.url, home: await held.rig.makeFolder('agents') };
    const configs = findRealAgents() === undefined ? [] : [await piConfig(options), await codexConfig(options)];
    const agents: Record<string, AgentEntry> = Object.fromEntries(configs.map(({ name, ...entry }) => [name, entry]));
    runner = await held.rig.runner('alpha', { agents });
  });
  afterAll(() => model?.close());

  const start = (agent: string, prompt: string) => startSession(held.rig, { agent, prompt, runner });
  const isIdle = (id: SessionId) =>
    untilSession(held.rig, id, { what: `${id} is idle`, is: ({ status }) => status === 'idle' });

  describe('a command', () => {
    test('has its output in the log, and its exit code as the outcome', async () => {
      const fine = await start('command', 'echo "to stdout"; echo "to stderr" >&2; pwd');
      expect((await held.rig.cli(['session', 'wait', fine])).code).toBe(0);
      const output = (await logsOf(held.rig, fine)).join('\n');
      for (const text of ['to stdout', 'to stderr', fine]) expect(output).toContain(text);
      expect(await getSession(held.rig, fine)).toMatchObject({ status: 'completed', kind: 'command' });

      const bad = await start('command', 'echo "before it fails"; exit 3');
      expect((await held.rig.cli(['session', 'wait', bad])).code).toBe(20);
      expect((await logsOf(held.rig, bad)).join('\n')).toContain('before it fails');
      const { lifecycle } = await getSession(held.rig, bad);
      expect(lifecycle).toMatchObject({ outcome: 'failed', reason: 'error' });
      expect(JSON.stringify(lifecycle)).toContain('exit code 3');
    });

    test('sees nothing of the runner’s secrets', async () => {
      const id = await start('command', 'env');
      await untilEnded(held.rig, id);
      const output = (await logsOf(held.rig, id)).join('\n');
      expect(output).toContain('PATH=');
      expect(output).not.toMatch(/tl_\w+_|TREELINE_HOME|TREELINE_DATA_DIR/);
    });

    test('is stopped with all that it started within 5 s', async () => {
      const id = await start(
        'command',
        'sleep 1001 & (trap "" TERM; sleep 1002; sleep 1003) & setsid sleep 1004 & echo "all are up"; wait',
      );
      await untilLogged(held.rig, id, 'all are up');
      const left = () => processesWith(id).filter(({ command }) => command.includes('sleep'));
      await until('the command’s processes are there', () => left().length >= 3);
      expect((await held.rig.cli(['session', 'stop', id])).code).toBe(0);
      await until('nothing of it is left', () => left().length === 0, { withinMs: 5_000, otherwise: left });
      expect((await held.rig.cli(['session', 'wait', id])).code).toBe(22);
      expect(await getSession(held.rig, id)).toMatchObject({ status: 'cancelled' });
    });
  });

  describe('a scripted agent', () => {
    test('says back what is no script, and takes follow-ups when it is idle', async () => {
      const id = await start('scripted', 'Say this back');
      await untilLogged(held.rig, id, 'agent      Say this back');
      await isIdle(id);
      expect((await held.rig.cli(['session', 'send', id, 'And', 'this'])).code).toBe(0);
      await untilLogged(held.rig, id, 'agent      And this');
      await held.rig.cli(['session', 'stop', id]);
      expect((await held.rig.cli(['session', 'wait', id])).code).toBe(22);
    });

    test('is watched and spoken to by `session attach`, until it ends', async () => {
      const id = await start('scripted', 'first words');
      await isIdle(id);
      const attached = held.rig.startCli(['session', 'attach', id]);
      await until('what was said before is shown', () => attached.stdout.includes('first words'));
      attached.write('typed by hand\n');
      await untilLogged(held.rig, id, 'agent      typed by hand');
      await until('the answer is shown', () => attached.stdout.split('typed by hand').length > 2, {
        otherwise: () => attached.stdout,
      });
      await held.rig.cli(['session', 'stop', id]);
      expect(await attached.exited).toBe(0);
    });

    test('that crashes is a failure that `session wait` tells by its exit code', async () => {
      const id = await start('scripted', JSON.stringify([{ say: 'oops' }, { crash: 7 }]));
      const waited = await held.rig.cli(['session', 'wait', id]);
      expect(waited).toMatchObject({ code: 20 });
      expect(waited.stdout).toContain('exit code 7');
    });

    test('that needs a person is 21, and one that takes too long 7', async () => {
      const id = await start('scripted', JSON.stringify([{ ask: { question: 'Well?', options: ['yes', 'no'] } }]));
      expect((await held.rig.cli(['session', 'wait', id])).code).toBe(21);
      expect((await held.rig.cli(['session', 'wait', id, '--for', 'done', '--timeout', '1s'])).code).toBe(7);
      const { stdout } = await held.rig.cli(['inbox', 'ls']);
      expect(stdout).toContain('Well?');
      const [trigger = ''] = (await getSession(held.rig, id)).openTriggers;
      expect((await held.rig.cli(['inbox', 'answer', trigger.slice(-6), '--option', '2'])).code).toBe(0);
      await isIdle(id);
      await held.rig.cli(['session', 'stop', id]);
      await untilEnded(held.rig, id);
    });
  });

  describeReal('a real agent', () => {
    /** pi hears between two calls of its model, so there it is a tool that takes its time. */
    const longTurn: Record<'pi' | 'codex', Step[]> = {
      pi: [{ tool: 'bash', args: { command: 'echo begun; sleep 3' } }, { text: 'The old way.' }],
      codex: [{ text: 'The old way.', delayMs: 120_000 }],
    };
    test.each(['pi', 'codex'] as const)('%s is steered in the midst of a turn', async (agent) => {
      const other = { match: 'another way', steps: [{ text: 'Gladly: another way.' }], instead: true };
      const id = await start(agent, script(longTurn[agent], [other]));
      const isAsked = () => model?.requests.some(({ last }) => last.includes('Play this script'));
      await until('the model is asked', isAsked);
      await untilSession(held.rig, id, { what: 'it works', is: ({ status }) => status === 'working' });
      expect((await held.rig.cli(['session', 'send', id, '--now', 'Go another way'])).code).toBe(0);
      await untilLogged(held.rig, id, 'Gladly: another way.');
      await isIdle(id);
      expect((await logsOf(held.rig, id)).join('\n')).not.toContain('The old way');
      await held.rig.cli(['session', 'stop', id]);
      await untilEnded(held.rig, id);
    });

    test.each(['pi', 'codex'])('%s takes a follow-up after its turn', async (agent) => {
      const id = await start(agent, script([{ text: 'The first turn.', delayMs: 2000 }, { text: 'The second turn.' }]));
      await untilSession(held.rig, id, { what: 'it works', is: ({ status }) => status === 'working' });
      await held.rig.cli(['session', 'send', id, 'go on']);
      await untilLogged(held.rig, id, 'The second turn.');
      await isIdle(id);
      const text = (await logsOf(held.rig, id)).join('\n');
      expect(text.indexOf('The first turn.')).toBeLessThan(text.indexOf('The second turn.'));
      await held.rig.cli(['session', 'stop', id]);
      await untilEnded(held.rig, id);
    });

    test('pi counts its tokens and what they cost', async () => {
      const id = await start('pi', script([{ text: 'A few tokens.' }]));
      const { usage } = await untilSession(held.rig, id, {
        what: 'it has counted',
        is: (session) => session.usage?.outputTokens !== undefined && session.status === 'idle',
      });
      expect(usage?.inputTokens).toBeGreaterThan(0);
      expect(usage?.costUsd).toBeGreaterThan(0);
      await held.rig.cli(['session', 'stop', id]);
      await untilEnded(held.rig, id);
    });

    test.each(['pi', 'codex'])('%s goes on with its conversation after its worker was killed', async (agent) => {
      const id = await start(agent, script([{ text: 'Before the crash.' }, { text: 'After the crash.' }]));
      await untilLogged(held.rig, id, 'Before the crash.');
      await isIdle(id);
      process.kill(runner.workerPid(id) ?? 0, 'SIGKILL');
      await untilEnded(held.rig, id);
      expect(await held.rig.cli(['session', 'send', id, 'go on'])).toMatchObject({ code: 0, stderr: '' });
      await untilLogged(held.rig, id, 'After the crash.');
      expect(await isIdle(id)).toMatchObject({ attempt: 2 });
      await held.rig.cli(['session', 'stop', id]);
      await untilEnded(held.rig, id);
    });
  });
});
