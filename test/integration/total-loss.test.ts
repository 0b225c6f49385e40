/** A store that is lost whole, with its keys: what runners that have joined again bring back. */
import { type Frame, isOpen, type ScriptStep, type SessionId } from '@treeline/shared';
import { onEachStore, useRig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { faultsOf, readFrames } from '@treeline/test-support/session-log.ts';
import {
  childOf,
  getSession,
  startSession,
  untilAsked,
  untilEnded,
  untilSession,
} from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { beforeEach, expect, test } from 'vitest';

onEachStore('a store that is lost whole', (store) => {
  const held = useRig({ store });
  let alpha: RunnerProcess;
  let beta: RunnerProcess;
  let tries = 0;
  // One of an earlier try may be known still.
  beforeEach(async () => {
    tries += 1;
    alpha = await held.rig.runner(`alpha${tries}`);
    beta = await held.rig.runner(`beta${tries}`);
  });

  /** On alpha, beta and alpha again; the lowest has a question with people. */
  const plant = async () => {
    const { rig } = held;
    const leaf: ScriptStep[] = [
      { say: 'before the loss' },
      { ask: { question: 'Is this settled?' } },
      { ask: { question: 'Which way?' } },
      { finish: 'went $answer' },
    ];
    const branch: ScriptStep[] = [
      { spawn: { runnerId: alpha.id, script: leaf } },
      { respond: 'it is' },
      { escalate: 'nobody told me' },
      { waitForChildren: true },
      { finish: 'the leaf is done' },
    ];
    const root = await startSession(rig, {
      prompt: [
        { spawn: { runnerId: beta.id, script: branch } },
        { waitForChildren: true },
        { finish: 'the tree is done' },
      ],
      runner: alpha,
    });
    const child = await childOf(rig, root);
    const grandchild = await childOf(rig, child);
    await until('the question is with people', async () => {
      const { state } = await untilAsked(rig, root, 'Which way?');
      return state.state === 'escalated';
    });
    return { root, child, grandchild, question: await untilAsked(rig, root, 'Which way?') };
  };

  const again = async (runner: RunnerProcess) => {
    await runner.stop('leave');
    await runner.join();
    await runner.start();
  };
  const onDisk = (runner: RunnerProcess, id: SessionId) => runner.sessionFile(id, 'log').trim().split('\n').length;
  const untilRefilled = (runner: RunnerProcess, id: SessionId) =>
    until(`the log of ${id} is back`, async () => {
      const frames: Frame[] = await readFrames(held.rig.api, id).catch(() => []);
      return frames.length > 0 && frames.length === onDisk(runner, id) && frames;
    });

  // Each order on one of the stores; the rules that it depends on are tried in both, beside them.
  const inOrder = () => (store === 'embedded' ? [alpha, beta] : [beta, alpha]);

  test('LINK-10 LINK-11 LINK-12 gets back the tree, its logs and its open question, and the tree completes', async () => {
    const { rig } = held;
    const ended = await startSession(rig, { prompt: [{ say: 'short' }, { finish: 'long ago' }], runner: beta });
    await untilEnded(rig, ended);
    const { root, child, grandchild, question } = await plant();
    const before = await getSession(rig, grandchild);
    await rig.loseStore();
    expect((await rig.api.listSessions({ query: {} })).sessions).toEqual([]);

    for (const runner of inOrder()) await again(runner);
    for (const [runner, id] of [
      [alpha, root],
      [beta, child],
      [alpha, grandchild],
      [beta, ended],
    ] as const)
      expect(faultsOf(await untilRefilled(runner, id))).toEqual([]);
    await untilSession(rig, grandchild, { what: 'the tree is one', is: ({ depth }) => depth === 2 });
    expect(await getSession(rig, child)).toMatchObject({ parentId: root, rootId: root, depth: 1 });
    const { title, agent } = before;
    expect(await getSession(rig, grandchild)).toMatchObject({
      title,
      agent,
      attempt: 1,
      parentId: child,
      rootId: root,
      status: 'needs_you',
    });
    expect(await getSession(rig, child)).not.toHaveProperty('formerParentId');
    expect(await getSession(rig, ended)).toMatchObject({ status: 'completed', lifecycle: { summary: 'long ago' } });

    const { triggers } = await rig.api.listTriggers({ query: { state: 'all' } });
    expect(triggers.filter(isOpen)).toMatchObject([{ id: question.id, text: 'Which way?', parentId: child }]);
    const answered = await rig.api.respondToTrigger({ params: { id: question.id }, body: { response: 'up' } });
    expect(answered.state).toMatchObject({ state: 'answered' });
    expect(await untilEnded(rig, grandchild)).toMatchObject({ lifecycle: { summary: 'went up' } });
    expect(await untilEnded(rig, child)).toMatchObject({ lifecycle: { summary: 'the leaf is done' } });
    expect(await untilEnded(rig, root)).toMatchObject({ lifecycle: { summary: 'the tree is done' } });
    expect((await rig.api.listSessions({ query: {} })).sessions).toHaveLength(4);
    for (const id of [root, child, grandchild]) expect(faultsOf(await readFrames(rig.api, id))).toEqual([]);
  });
});
