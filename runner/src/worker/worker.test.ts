import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@treeline/shared';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { leftProcesses } from '../agents/agent.contract-support.ts';
import { isAlive } from '../process/identity.ts';
import { WorkerFile, sessionPaths } from '../process/session-folder.ts';
import { Stage, bundleWorker, eventually, stamp } from './worker.test-support.ts';

let bundle: string;
let program: string;
const stages: Stage[] = [];
beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), 'treeline-bundle-'));
  program = await bundleWorker(bundle);
});
afterAll(() => rm(bundle, { recursive: true, force: true }));
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.strike();
});

async function set(options: Partial<Parameters<typeof Stage.set>[0]> = {}): Promise<Stage> {
  const stage = await Stage.set({ program, ...options });
  stages.push(stage);
  await stage.startDaemon();
  return stage;
}

describe('worker', () => {
  it('says who it is before anything else, and proves it with the secret', async () => {
    const stage = await set();
    const worker = stage.startWorker();
    const hello = await eventually('hello', () => Promise.resolve(stage.heard.find((it) => it.type === 'hello')));
    expect(hello).toMatchObject({ session: stage.id, secret: 'the secret', pid: worker.pid, attempt: 1 });
    const path = sessionPaths(stage.folder).worker;
    const file = WorkerFile.parse(JSON.parse(await readFile(path, 'utf8')));
    expect(file.pid).toBe(worker.pid);
    expect(isAlive(file)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('a root plays its prompt and stays idle', async () => {
    const stage = await set();
    stage.startWorker();
    await stage.prompt([{ say: 'hello from the larch' }]);
    await stage.said('hello from the larch');
    const consumed = await stage.fact('consumed');
    expect(consumed.position).toBe(1);
    await stage.fact('state', 4);
    expect((await stage.facts('state')).map((fact) => fact.state)).toEqual(['starting', 'idle', 'running', 'idle']);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await stage.facts('end')).toEqual([]);
  });

  it('a child completes by itself with its last message as the summary', async () => {
    const stage = await set({ parentId: newId('session') });
    stage.startWorker();
    await stage.prompt([{ say: 'working' }, { think: 'hm' }, { say: 'the answer is 42' }]);
    const end = await stage.fact('end');
    expect(end).toMatchObject({ outcome: 'completed', reason: 'ok', summary: 'the answer is 42', resumable: true });
    expect(await stage.workerExit()).toBe(0);
    expect((await stage.records()).at(-1)?.kind).toBe('end');
  });

  it('a child with an open question, or a live child of its own, does not complete', async () => {
    const stage = await set({ parentId: newId('session') });
    stage.startWorker();
    await stage.prompt([{ spawn: { script: 'x', agent: 'scripted' } }, { say: 'spawned $child' }]);
    const { sessionId } = await stage.fact('spawn');
    await stage.said(`spawned ${sessionId}`);
    await stage.fact('state', 4);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await stage.facts('end')).toEqual([]);
    await stage.put({
      ...stamp(),
      kind: 'trigger',
      triggerId: newId('trigger'),
      type: 'session_complete',
      child: sessionId,
      childTitle: 'x',
      text: 'all built',
      deliverAs: 'followUp',
    });
    await stage.fact('end');
    expect(await stage.text()).toContain('all built');
    const given = (await stage.records()).filter(
      (it) => it.kind === 'update' && it.update.sessionUpdate === 'user_message_chunk',
    );
    expect(JSON.stringify(given.at(-1))).toMatch(/all built[^]*"kind":"trigger"/);
  });

  it('ask waits for the answer item, and the answer reaches the agent', async () => {
    const stage = await set();
    stage.startWorker();
    await stage.prompt([{ ask: { question: 'which tree?', options: ['oak', 'elm'] } }, { say: 'so: $answer' }]);
    const { triggerId, ask } = await stage.fact('ask');
    expect(ask).toMatchObject({
      type: 'ask_user_question',
      text: 'which tree?',
      options: [{ label: 'oak' }, { label: 'elm' }],
    });
    await stage.answer(triggerId, 'elm');
    await stage.said('so: elm');
    expect((await stage.fact('consumed', 2)).position).toBe(2);
  });

  it('a refusal that comes with the acknowledgement is the tool’s error, with its hint, and its inbox item adds nothing', async () => {
    const stage = await set();
    stage.refuse = (record) => (record.kind === 'spawn' ? 'a tree is at most 4 deep' : undefined);
    stage.startWorker();
    await stage.prompt([{ spawn: { script: [{ say: 'x' }] } }, { say: 'went on' }]);
    await stage.said('went on');
    expect(await stage.text()).toMatch(/a tree is at most 4 deep \[depth_limit\] Do this work/);
    const spawn = await stage.fact('spawn');
    await stage.put({
      ...stamp(),
      kind: 'refusal',
      recordId: spawn.id,
      what: 'spawn',
      code: 'depth_limit',
      message: 'again',
    });
    await stage.fact('consumed', 2);
    expect(await stage.text()).not.toContain('again');
  });

  it('a refusal by inbox item alone ends the waiting, too', async () => {
    const stage = await set();
    stage.manners.acknowledge = false;
    stage.startWorker();
    await stage.prompt([{ ask: { question: 'q' } }, { say: 'got: $answer' }]);
    const ask = await stage.fact('ask');
    await stage.put({
      ...stamp(),
      kind: 'refusal',
      recordId: ask.id,
      what: 'ask',
      code: 'parent_ended',
      message: 'the parent is gone',
    });
    await stage.said('got: the parent is gone');
  });

  it('without a relay a decision is recorded, and the agent is told that it takes effect later', async () => {
    const stage = await set();
    stage.manners.relayOnline = false;
    stage.startWorker();
    await stage.prompt([{ spawn: { script: 'x', agent: 'scripted' } }, { say: 'spawned $child' }]);
    const { sessionId } = await stage.fact('spawn');
    await stage.said(`spawned ${sessionId}`);
    expect(JSON.stringify(await stage.records())).toContain('the relay is not reachable');
    expect(JSON.stringify(await stage.records())).toContain(`http://127.0.0.1:1/s/${sessionId}`);
  });

  it('works on without its daemon, and finds it again', async () => {
    const stage = await set();
    stage.startWorker();
    await stage.prompt([
      { waitForMessage: true },
      { say: 'one' },
      { sleep: 400 },
      { say: 'two' },
      { waitForMessage: true },
      { say: 'got $message' },
    ]);
    await stage.prompt('go');
    await stage.said('one');
    await stage.stopDaemon();
    await stage.said('two');
    await stage.prompt('from far away');
    const before = stage.heard.filter((it) => it.type === 'hello').length;
    await stage.startDaemon();
    await stage.said('got from far away');
    expect(stage.heard.filter((it) => it.type === 'hello').length).toBe(before + 1);
  });

  it('kill -9 in the middle of a question: the next attempt goes on with the same question', async () => {
    const stage = await set();
    const worker = stage.startWorker();
    await stage.prompt([{ say: 'before' }, { ask: { question: 'still there?' } }, { say: 'after: $answer' }]);
    const { triggerId } = await stage.fact('ask');
    await stage.fact('consumed');
    await stage.keptAt(1);
    worker.kill('SIGKILL');
    await stage.workerExit();
    stage.startWorker();
    await stage.fact('state', 6);
    await stage.answer(triggerId, 'yes');
    await stage.said('after: yes');
    expect(await stage.facts('ask')).toHaveLength(1);
    expect((await stage.text()).match(/before/g)).toHaveLength(1);
    const frames = await stage.frames();
    frames.reduce((seq, frame) => {
      expect(frame.first).toBe(seq + 1);
      return seq + frame.count;
    }, 0);
  });

  it('INB-4 kill -9, and the answer comes before the next attempt: it is used, and nothing is asked twice', async () => {
    const stage = await set();
    const worker = stage.startWorker();
    await stage.prompt([{ ask: { question: 'still there?' } }, { say: 'after: $answer' }]);
    const { triggerId } = await stage.fact('ask');
    await stage.fact('consumed');
    worker.kill('SIGKILL');
    await stage.workerExit();
    await stage.answer(triggerId, 'yes');
    stage.startWorker();
    await stage.said('after: yes');
    expect(await stage.facts('ask')).toHaveLength(1);
  });

  it.each(['before', 'after'])(
    'a question that was cancelled with its attempt, as told %s the next one begins, is asked anew',
    async (when) => {
      const stage = await set();
      const worker = stage.startWorker();
      await stage.prompt([{ ask: { question: 'still there?' } }, { say: 'after: $answer' }]);
      const { triggerId } = await stage.fact('ask');
      await stage.fact('consumed');
      worker.kill('SIGKILL');
      await stage.workerExit();
      const cancelled = { ...stamp(), kind: 'answer', triggerId, outcome: 'cancelled', by: { kind: 'relay' } } as const;
      if (when === 'before') await stage.put(cancelled);
      stage.startWorker();
      await stage.fact('state', 6);
      if (when === 'after') await stage.put(cancelled);
      const again = await stage.fact('ask', 2);
      await stage.answer(again.triggerId, 'yes');
      await stage.said('after: yes');
    },
  );

  it('a script that is not one fails the child, with the reason', async () => {
    const stage = await set({ parentId: newId('session') });
    stage.startWorker();
    await stage.prompt([{ dance: true }]);
    const end = await stage.fact('end');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'error' });
    expect(end.detail).toContain('The script is not valid');
  });

  it('shutdown(sleep) leaves an agent that can be resumed asleep, with its question open', async () => {
    const stage = await set();
    stage.startWorker();
    await stage.prompt([{ ask: { question: 'q' } }, { say: 'woke: $answer' }]);
    const { triggerId } = await stage.fact('ask');
    await stage.fact('consumed');
    stage.say({ type: 'shutdown', how: 'sleep' });
    expect(await stage.workerExit()).toBe(0);
    expect((await stage.records()).at(-1)).toMatchObject({
      kind: 'state',
      state: 'asleep',
      resumable: true,
      interrupted: true,
    });
    expect(await stage.facts('withdraw')).toEqual([]);
    await stage.answer(triggerId, 'morning');
    stage.startWorker();
    await stage.said('woke: morning');
  });

  it('a stop in the inbox ends the session as cancelled, once for all attempts', async () => {
    const stage = await set();
    stage.startWorker();
    await stage.prompt([{ hang: true }]);
    await stage.fact('state', 3);
    await stage.put({ ...stamp(), kind: 'stop', strength: 'stop', from: { kind: 'person', name: 'Robin' } });
    expect(await stage.fact('end')).toMatchObject({ outcome: 'cancelled', reason: 'cancelled' });
    expect(await stage.workerExit()).toBe(0);
    expect((await stage.facts('consumed')).at(-1)?.position).toBe(2);
  });

  it('stop(finish) lets the turn end and counts as completed', async () => {
    const stage = await set();
    stage.startWorker();
    await stage.prompt([{ sleep: 300 }, { say: 'done properly' }]);
    await stage.fact('state', 3);
    await stage.put({ ...stamp(), kind: 'stop', strength: 'finish', from: { kind: 'person', name: 'Robin' } });
    expect(await stage.fact('end')).toMatchObject({ outcome: 'completed', summary: 'done properly' });
  });

  it('SIGTERM ends it as cancelled and says so', async () => {
    const stage = await set();
    const worker = stage.startWorker();
    await stage.prompt([{ hang: true }]);
    await stage.fact('state', 3);
    worker.kill('SIGTERM');
    const end = await stage.fact('end');
    expect(end).toMatchObject({ outcome: 'cancelled' });
    expect(end.detail).toContain('SIGTERM');
    expect(await stage.workerExit()).toBe(0);
  });

  it('a new epoch begins at 1 and repeats what the store never had, record by record', async () => {
    const stage = await set();
    stage.startWorker();
    await stage.prompt([{ say: 'kept' }, { waitForMessage: true }, { say: 'later' }]);
    await stage.said('kept');
    await stage.fact('consumed');
    stage.manners.acknowledge = false;
    await stage.prompt('go');
    await stage.said('later');
    await stage.fact('state', 4);
    const unacked = (await stage.records()).at(-1);
    stage.say({ type: 'new_epoch', epoch: 5 });
    await eventually('epoch 5', async () =>
      (await stage.frames()).find((frame) => frame.epoch === 5 && frame.kind === 'events'),
    );
    const second = (await stage.frames()).filter((frame) => frame.epoch === 5);
    expect(second[0]?.first).toBe(1);
    expect(second.map((frame) => frame.body).join()).toContain(unacked?.id);
    expect((await stage.text()).match(/kept/g)).toHaveLength(1);
  });

  it('a plain command runs to its end', async () => {
    const stage = await set({ agent: { name: 'command', kind: 'command' }, parentId: newId('session') });
    stage.startWorker({ SECRET_OF_THE_RUNNER: 'x' });
    await stage.prompt('echo out; echo err >&2; env | grep -c SECRET_OF; exit 4');
    const end = await stage.fact('end');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'error', resumable: false });
    expect(end.detail).toMatch(/exit code 4[^]*0/);
    expect(await stage.workerExit()).toBe(0);
  });

  it('an agent whose program is missing ends the session at once, with its name', async () => {
    const stage = await set({ agent: { name: 'gone', kind: 'acp', command: ['/no/such/agent', '--acp'] } });
    stage.startWorker();
    await stage.prompt('hello');
    const end = await stage.fact('end');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'config', resumable: false });
    expect(end.detail).toContain('/no/such/agent');
    expect(await stage.workerExit()).toBe(0);
    expect(await stage.facts('consumed')).toEqual([]);
  });

  it('a stop reaches a session whose agent never comes up, and leaves no process', async () => {
    const mark = newId('request');
    const stage = await set({
      agent: { name: 'mute', kind: 'acp', command: ['/bin/sleep', '300'], env: { MARK: mark } },
    });
    stage.startWorker();
    await eventually('the agent runs', () => Promise.resolve(leftProcesses(mark).length > 0 || undefined));
    await stage.put({ ...stamp(), kind: 'stop', strength: 'stop', from: { kind: 'person', name: 'Robin' } });
    expect(await stage.fact('end')).toMatchObject({ outcome: 'cancelled' });
    expect(await stage.workerExit()).toBe(0);
    expect(leftProcesses(mark)).toEqual([]);
  });

  it('a second worker for the same session refuses to start', async () => {
    const stage = await set();
    const first = stage.startWorker();
    await stage.fact('state', 2);
    const second = stage.startWorker();
    expect(await stage.workerExit()).toBe(1);
    expect(await stage.workerLog()).toContain(`process ${first.pid} already runs this session`);
    expect(second.pid).not.toBe(first.pid);
    first.kill('SIGKILL');
  });

  it('deltas fly only while somebody watches', async () => {
    const stage = await set();
    stage.startWorker();
    await stage.prompt([{ say: 'unseen' }, { waitForMessage: true }, { say: 'seen' }]);
    await stage.said('unseen');
    expect(stage.heard.some((it) => it.type === 'delta')).toBe(false);
    stage.say({ type: 'watch', on: true });
    await stage.prompt('go');
    await stage.said('seen');
    const delta = await eventually('a delta', () => Promise.resolve(stage.heard.find((it) => it.type === 'delta')));
    expect(JSON.stringify(delta)).toContain('"text":"seen"');
  });

  it('a flood stays in order, in frames of at most 32 records, with flat memory', async () => {
    const stage = await set();
    const worker = stage.startWorker();
    await stage.prompt([{ emit: { count: 20_000, bytes: 500 } }, { say: 'flood over' }]);
    await stage.said('flood over');
    const frames = await stage.frames();
    const events = frames.filter((frame) => frame.kind === 'events');
    expect(Math.max(...events.map((frame) => frame.count))).toBeLessThanOrEqual(32);
    expect(events.reduce((sum, frame) => sum + frame.count, 0)).toBeGreaterThanOrEqual(20_001);
    const status = await readFile(`/proc/${worker.pid}/status`, 'utf8');
    expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(200 * 1024);
  });
});
