/** The product in one story: a parent, a child on another machine, two questions, a person. Through HTTP and the command line only. */
import type { SessionId, SessionTree, SessionView } from '@treeline/shared';
import { startModelServer, type ModelServer } from '@treeline/test-support/model-server/server.ts';
import { codexConfig, findRealAgents, INSTALL_AGENTS, piConfig } from '@treeline/test-support/real-agents.ts';
import { onEachStore, useRig, type Rig } from '@treeline/test-support/rig.ts';
import type { AgentEntry, RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { faultsOf, readFrames, readRecords, textOf } from '@treeline/test-support/session-log.ts';
import { startSession, untilAsked, untilEnded, untilLogged, untilTrigger } from '@treeline/test-support/sessions.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parentPrompt, STORY, type AgentUnderTest } from './casts.ts';

const CASTS: readonly (readonly [parent: AgentUnderTest, child: AgentUnderTest])[] = [
  ['scripted', 'scripted'],
  ['pi', 'scripted'],
  ['codex', 'scripted'],
  ['scripted', 'pi'],
  ['scripted', 'codex'],
  ['pi', 'codex'],
];
const installed = findRealAgents() !== undefined;

onEachStore('the scenario', (store) => {
  const held = useRig({ store });
  let model: ModelServer | undefined;
  let alpha: RunnerProcess;
  let beta: RunnerProcess;

  beforeAll(async () => {
    model = await startModelServer();
    const agents = installed ? await realAgents(held.rig, model) : {};
    alpha = await held.rig.runner('alpha', { agents });
    beta = await held.rig.runner('beta', { agents });
  });
  afterAll(() => model?.close());

  for (const [parent, child] of CASTS) {
    const isReal = [parent, child].some((agent) => agent !== 'scripted');
    const hint = isReal && !installed ? ` (not installed: ${INSTALL_AGENTS})` : '';

    test.skipIf(isReal && !installed)(
      `TREE-1 TRG-1 TRG-9 TRG-11 ${parent} spawns ${child}, which asks, is answered, asks again, is escalated, answered by a person, and completes${hint}`,
      { timeout: 180_000 },
      async () => {
        const { rig } = held;
        const prompt = parentPrompt(parent, { agent: child, runnerId: beta.id });
        const root = await startSession(rig, { prompt, agent: parent, runner: alpha });

        const asked = await untilAsked(rig, root, STORY.first);
        expect(asked).toMatchObject({ type: 'ask_user_question', parentId: root, runnerName: 'beta' });
        expect(await childrenIn(rig, root)).toMatchObject([
          { id: asked.sessionId, status: 'waiting_for_parent', agent: child, runnerId: beta.id, depth: 1 },
        ]);
        expect(await treeText(rig, root)).toMatch(/alpha[^\n]*\n.*beta/);

        await rig.api.sendMessage({ params: { id: root }, body: { text: STORY.go } });
        const again = await untilAsked(rig, root, STORY.second);
        expect(again.sessionId).toBe(asked.sessionId);
        expect(await rig.api.getTrigger({ params: { id: asked.id } })).toMatchObject({
          state: {
            state: 'answered',
            by: { kind: 'session', id: root },
            response: STORY.firstAnswer,
            onRunnerAt: expect.any(Number) as number,
            resumedAt: expect.any(Number) as number,
          },
        });

        const escalated = await untilTrigger(rig, root, {
          what: 'the parent escalates the second question',
          is: ({ id, state }) => id === again.id && state.state === 'escalated',
        });
        expect(escalated.state).toMatchObject({ by: { kind: 'session', id: root }, context: STORY.context });
        expect(await childrenIn(rig, root)).toMatchObject([{ status: 'needs_you', openTriggers: [again.id] }]);
        expect(await treeText(rig, root)).toContain('needs you');

        const answer = await rig.cli(['inbox', 'answer', again.id, STORY.secondAnswer]);
        expect(answer).toMatchObject({ code: 0, stderr: '' });
        await untilEnded(rig, asked.sessionId);
        expect(await childrenIn(rig, root)).toMatchObject([
          { status: 'completed', lifecycle: { outcome: 'completed', summary: STORY.summary } },
        ]);

        await untilLogged(rig, root, STORY.summary);
        const heard = textOf(await readRecords(rig.api, asked.sessionId));
        for (const text of [STORY.firstAnswer, STORY.secondAnswer]) expect(heard).toContain(text);
        for (const id of [root, asked.sessionId]) expect(faultsOf(await readFrames(rig.api, id))).toEqual([]);
        expect(model?.problems).toEqual([]);

        // A script has ended its session; an agent is idle and is stopped.
        await rig.cli(['session', 'stop', root, '--tree']);
        await untilEnded(rig, root);
      },
    );
  }
});

async function realAgents(rig: Rig, model: ModelServer): Promise<Record<string, AgentEntry>> {
  const options = { modelServerUrl: model.url, home: await rig.makeFolder('agents') };
  const entries = await Promise.all([piConfig(options), codexConfig(options)]);
  return Object.fromEntries(entries.map(({ name, ...entry }) => [name, entry]));
}

/** `session tree --json` of a root, and as people see it. */
async function childrenIn(rig: Rig, root: SessionId): Promise<SessionView[]> {
  const tree = await rig.cli(['session', 'tree', root, '--json']);
  return tree.json<SessionTree>().children.map(({ session }) => session);
}
async function treeText(rig: Rig, root: SessionId): Promise<string> {
  return (await rig.cli(['session', 'tree', root])).stdout;
}
