/** What is left when something dies: everything that was acknowledged, and nobody waits in vain. */
import { rm } from 'node:fs/promises';
import type { ScriptStep, SessionId } from '@treeline/shared';
import { isAlive } from '@treeline/test-support/processes.ts';
import { onEachStore, useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { faultsOf, readFrames, recordsOf } from '@treeline/test-support/session-log.ts';
import {
  childOf,
  getSession,
  startSession,
  untilAsked,
  untilEnded,
  untilLogged,
  untilSession,
  untilTrigger,
} from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { beforeAll, describe, expect, test } from 'vitest';

/** Small, so that nobody waits for minutes; large enough for a busy machine. */
const TIMES = {
  TREELINE_HEARTBEAT_MS: '1000',
  TREELINE_OFFLINE_AFTER_MS: '8000',
  TREELINE_FLAP_GRACE_MS: '1000',
};
const NEVER_MS = 3_600_000;

onEachStore('recovery', (store) => {
  const held = useRig({ store, relayEnv: TIMES });
  let alpha: RunnerProcess;
  let beta: RunnerProcess;
  beforeAll(async () => {
    alpha = await held.rig.runner('alpha');
    beta = await held.rig.runner('beta');
  });

  /** A parent on alpha that plays these steps after it has started the child on beta. */
  const family = async (child: ScriptStep[], parent: ScriptStep[]) => {
    const { rig } = held;
    const spawn: ScriptStep = { spawn: { runnerId: beta.id, script: child } };
    const root = await startSession(rig, { prompt: [spawn, ...parent], runner: alpha });
    return { root, child: await childOf(rig, root) };
  };
  const working = (id: SessionId) =>
    untilSession(held.rig, id, { what: `${id} works`, is: ({ lifecycle }) => lifecycle.state === 'running' });
  const workerOf = (runner: RunnerProcess, id: SessionId) => until(`${id} has a worker`, () => runner.workerPid(id));
  const say = (id: SessionId, text: string) => held.rig.api.sendMessage({ params: { id }, body: { text } });
  const isWhole = async (id: SessionId) => {
    expect(faultsOf(await readFrames(held.rig.api, id))).toEqual([]);
  };

  describe('kill -9 of a worker', () => {
    test('TRG-10 gives the parent a session_error with the reason within 3 s', async () => {
      const { root, child } = await family([{ hang: true }], [{ waitForChildren: true }, { finish: 'I know' }]);
      await working(child);
      const pid = await workerOf(beta, child);
      process.kill(pid, 'SIGKILL');
      const error = await untilTrigger(held.rig, root, {
        what: 'the parent has a session_error',
        is: ({ type, sessionId }) => type === 'session_error' && sessionId === child,
        withinMs: 3_000,
      });
      expect(error).toMatchObject({ parentId: root, reason: 'signal' });
      expect(error.text).toContain('SIGKILL');
      expect(await untilEnded(held.rig, root)).toMatchObject({ lifecycle: { summary: 'I know' } });
      await untilLogged(held.rig, root, `child ${child} failed`);
      expect(await getSession(held.rig, child)).toMatchObject({ status: 'failed' });
      await isWhole(child);
    });
  });

  describe('kill -9 of the daemon', () => {
    test('LINK-4 hurts no session: all are adopted within 5 s, and nothing of their logs is missing or doubled', async () => {
      const texts = { count: 300, bytes: 60, perSecond: 60 };
      const { root, child } = await family(
        [{ emit: texts }, { ask: { question: 'Was I hurt?' } }, { finish: 'heard: $answer' }],
        [{ respond: 'not at all' }, { waitForChildren: true }, { finish: 'fine' }],
      );
      const idle = await startSession(held.rig, { prompt: 'just waiting', runner: beta });
      await untilSession(held.rig, idle, { what: 'it is idle', is: ({ status }) => status === 'idle' });
      await until('the child has begun to emit', () => beta.sessionFile(child, 'log').includes('10 xxx'));
      const [worker, idleWorker, daemon] = [beta.workerPid(child), beta.workerPid(idle), beta.daemonPid];
      const { live } = await beta.status();
      expect(live).toBeGreaterThanOrEqual(2);
      beta.killDaemon();
      await until('the old daemon is gone', () => !isAlive(daemon));
      const isAdopted = async () => {
        const { online, live: adopted } = await beta.status();
        return online && adopted === live;
      };
      await until('every session is adopted', isAdopted, { withinMs: 5_000, otherwise: () => beta.status() });
      expect([beta.workerPid(child), beta.workerPid(idle)]).toEqual([worker, idleWorker]);
      await say(idle, 'still there?');
      await untilLogged(held.rig, idle, 'still there?');
      expect(await untilEnded(held.rig, child)).toMatchObject({
        status: 'completed',
        attempt: 1,
        lifecycle: { summary: 'heard: not at all' },
      });
      await untilEnded(held.rig, root);
      for (const id of [root, child, idle]) await isWhole(id);
      const numbers = (await readFrames(held.rig.api, child))
        .flatMap(recordsOf)
        .flatMap((record) => (record.kind === 'update' ? [JSON.stringify(record.update)] : []))
        .join('')
        .match(/\d+ (?=x)/g);
      expect(numbers?.map(Number)).toEqual(Array.from({ length: texts.count }, (_, at) => at));
    });
  });

  describe('kill -9 of the relay', () => {
    test('TRG-4 LOG-1 LOG-4 leaves every open trigger open and answerable, and every log whole', async () => {
      const { rig } = held;
      const { root, child } = await family(
        [{ ask: { question: 'With the parent?' } }, { ask: { question: 'And this?' } }, { finish: '$answer' }],
        [
          { waitForMessage: true },
          { respond: 'yes' },
          { escalate: 'no idea' },
          { waitForChildren: true },
          { finish: 'over' },
        ],
      );
      const asker = await startSession(rig, {
        prompt: [{ plan: 'First this, then that' }, { finish: 'planned: $answer' }],
        runner: alpha,
      });
      const withParent = await untilAsked(rig, root, 'With the parent?');
      const withPeople = await untilAsked(rig, asker, 'First this, then that');
      const floods = await startSession(rig, {
        prompt: [{ emit: { count: 400, bytes: 200, perSecond: 100 } }, { finish: 'flooded' }],
        runner: beta,
      });
      await until('the flood runs', () => beta.sessionFile(floods, 'log').includes('20 xxx'));

      await rig.relay.kill9();
      await rig.relay.start();
      const { triggers } = await rig.api.listTriggers({ query: { state: 'open' } });
      const open = new Map(triggers.map((trigger) => [trigger.id, trigger]));
      expect(open.get(withParent.id)).toMatchObject({ text: withParent.text, sessionId: child });
      expect(open.get(withPeople.id)).toMatchObject({ text: withPeople.text, state: { state: 'escalated' } });

      const approved = await rig.cli(['inbox', 'approve', withPeople.id, '--json']);
      expect(approved).toMatchObject({ code: 0, stderr: '' });
      await untilEnded(rig, asker);
      await say(root, 'answer it');
      const second = await untilTrigger(rig, root, {
        what: 'the second question is escalated',
        is: ({ text, state }) => text === 'And this?' && state.state === 'escalated',
      });
      expect((await rig.cli(['inbox', 'answer', second.id, 'the last word'])).code).toBe(0);
      expect(await untilEnded(rig, child)).toMatchObject({ lifecycle: { summary: 'the last word' } });
      for (const id of [root, asker, floods]) {
        expect(await untilEnded(rig, id)).toMatchObject({ status: 'completed' });
        await isWhole(id);
      }
      await isWhole(child);
    });

    test('LINK-4 lets a question that was asked meanwhile arrive', async () => {
      const { rig } = held;
      const { root, child } = await family(
        [{ say: 'soon' }, { sleep: 9000 }, { ask: { question: 'Anybody there?' } }, { finish: '$answer' }],
        [{ respond: 'I am' }, { waitForChildren: true }, { finish: 'over' }],
      );
      await untilLogged(rig, child, 'agent      soon');
      await rig.relay.kill9();
      const isAsked = () => /kind\\?":\\?"ask\\?"/.test(beta.sessionFile(child, 'log'));
      expect(isAsked()).toBe(false);
      await until('the child asks', isAsked);
      await rig.relay.start();
      expect(await untilEnded(rig, child)).toMatchObject({ lifecycle: { summary: 'I am' } });
      await untilEnded(rig, root);
      await isWhole(child);
    });
  });

  describe('a runner that is away', () => {
    test('TRG-11 INB-3 gets the answer that was given meanwhile, when it is back', async () => {
      const { rig } = held;
      const asker = await startSession(rig, {
        prompt: [{ ask: { question: 'Who waits?' } }, { finish: 'heard: $answer' }],
        runner: beta,
      });
      const question = await untilAsked(rig, asker, 'Who waits?');
      await beta.crash();
      const answered = await rig.api.respondToTrigger({ params: { id: question.id }, body: { response: 'we all do' } });
      expect(answered.state).toMatchObject({ state: 'answered' });
      expect(answered.state).not.toHaveProperty('onRunnerAt');
      await beta.start();
      expect(await untilEnded(rig, asker)).toMatchObject({ lifecycle: { summary: 'heard: we all do' }, attempt: 1 });
      const { state } = await rig.api.getTrigger({ params: { id: question.id } });
      expect(state).toMatchObject({
        onRunnerAt: expect.any(Number) as number,
        resumedAt: expect.any(Number) as number,
      });
      await isWhole(asker);
    });

    test('TRG-5 shows the child that its parent is offline, and its question goes to people after the time it names', async () => {
      const { rig } = held;
      const ask = (question: string, escalateAfterMs: number): ScriptStep => ({ ask: { question, escalateAfterMs } });
      const { root, child } = await family(
        [
          { waitForMessage: true },
          ask('Short patience?', 2000),
          ask('Long patience?', NEVER_MS),
          { finish: 'heard: $answer' },
        ],
        [{ respond: 'back again' }, { waitForChildren: true }, { finish: 'over' }],
      );
      await working(child);
      await alpha.stop('leave');
      await say(child, 'ask now');
      const short = await untilTrigger(rig, root, {
        what: 'the question goes to people',
        is: ({ text, state }) => text === 'Short patience?' && state.state === 'escalated',
      });
      expect(await getSession(rig, child)).toMatchObject({ status: 'needs_you', openTriggers: [short.id] });
      await rig.api.respondToTrigger({ params: { id: short.id }, body: { response: 'a person' } });
      await untilAsked(rig, root, 'Long patience?');
      const waiting = await untilSession(rig, child, {
        what: 'the child is seen to wait',
        is: (session) => session.waiting !== undefined,
      });
      expect(waiting.waiting).toMatch(/^waiting \(parent offline since /);
      expect(waiting.status).toBe('waiting_for_parent');
      await alpha.start();
      expect(await untilEnded(rig, child)).toMatchObject({ lifecycle: { summary: 'heard: back again' } });
      await untilEnded(rig, root);
    });

    test('INB-6 wakes a parent that sleeps when its child asks', async () => {
      const { rig } = held;
      const { root, child } = await family(
        [{ waitForMessage: true }, { ask: { question: 'Are you awake?' } }, { finish: 'heard: $answer' }],
        [],
      );
      await working(child);
      await untilSession(rig, root, {
        what: 'the parent has ended its turn',
        is: ({ lifecycle }) => lifecycle.state === 'idle',
      });
      await alpha.stop('sleep');
      await alpha.start();
      await untilSession(rig, root, { what: 'the parent sleeps', is: ({ status }) => status === 'asleep' });
      await say(child, 'ask now');
      await untilSession(rig, root, { what: 'the parent is awake', is: ({ lifecycle }) => lifecycle.state === 'idle' });
      await untilLogged(rig, root, 'Are you awake?');
      await say(root, JSON.stringify([{ respond: 'now I am' }, { waitForChildren: true }, { finish: 'good morning' }]));
      expect(await untilEnded(rig, child)).toMatchObject({ lifecycle: { summary: 'heard: now I am' } });
      expect(await untilEnded(rig, root)).toMatchObject({ attempt: 2, lifecycle: { summary: 'good morning' } });
      await isWhole(root);
    });

    test('takes up the turns that its sleep has cut', async () => {
      const { rig } = held;
      const { root, child } = await family(
        [{ waitForMessage: true }, { ask: { question: 'Where were we?' } }, { finish: 'heard: $answer' }],
        [{ respond: 'right here' }, { waitForChildren: true }, { finish: 'as if nothing had been' }],
      );
      await working(child);
      await alpha.stop('sleep');
      await say(child, 'ask now');
      await untilAsked(rig, root, 'Where were we?');
      await alpha.start();
      expect(await untilEnded(rig, child)).toMatchObject({ lifecycle: { summary: 'heard: right here' } });
      expect(await untilEnded(rig, root)).toMatchObject({
        attempt: 2,
        lifecycle: { summary: 'as if nothing had been' },
      });
      await isWhole(root);
    });

    test('LINK-5 that comes back without its folder has lost its sessions, and their parents are told', async () => {
      const { rig } = held;
      const { root, child } = await family([{ hang: true }], [{ waitForChildren: true }, { finish: 'I know' }]);
      await working(child);
      const worker = await workerOf(beta, child);
      await beta.crash();
      process.kill(worker, 'SIGKILL');
      await rm(beta.sessionFolder(child), { recursive: true, force: true });
      await beta.start();
      expect(await untilEnded(rig, child)).toMatchObject({ status: 'lost', lifecycle: { reason: 'lost' } });
      const error = await untilTrigger(rig, root, {
        what: 'the parent is told',
        is: ({ type, sessionId }) => type === 'session_error' && sessionId === child,
      });
      expect(error).toMatchObject({ reason: 'lost', parentId: root });
      expect(await untilEnded(rig, root)).toMatchObject({ lifecycle: { summary: 'I know' } });
    });
  });
});
