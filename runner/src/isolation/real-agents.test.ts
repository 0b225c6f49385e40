/** Real agents within bubblewrap, that are told nothing of it and see no more of their own installation than is found for them. */
import { rm } from 'node:fs/promises';
import { script } from '@treeline/test-support/model-server/script.ts';
import { startModelServer } from '@treeline/test-support/model-server/server.ts';
import { codexConfig, describeReal, piConfig, type RealAgentOptions } from '@treeline/test-support/real-agents.ts';
import { describeAgent, type AgentSubject } from '../agents/agent.contract.ts';
import type { AgentConfig } from '../agents/agent.ts';
import { startAcp } from '../agents/acp/index.ts';
import { startPi } from '../agents/pi/index.ts';
import { describeIsolated, isolationIn } from './testing.ts';

const prompts: AgentSubject['prompts'] = {
  say: (text) => script([{ text }]),
  long: () => script([{ text: 'late', delayMs: 60_000 }]),
  ask: (question) => script([{ tool: 'ask_user_question', args: { question } }, { text: 'thanks' }]),
};

function setUpWith(configure: (options: RealAgentOptions) => Promise<AgentConfig>): AgentSubject['setUp'] {
  return async (folder) => {
    const model = await startModelServer();
    const config = await configure({ modelServerUrl: model.url, home: folder });
    const { launch, outside } = isolationIn(folder);
    const tearDown = async () => {
      await model.close();
      await rm(outside, { recursive: true, force: true });
    };
    return { config, env: config.env, launch, tearDown };
  };
}

describeIsolated('within bubblewrap', () => {
  describeReal('real agents', () => {
    describeAgent({ name: 'an isolated pi', start: startPi, setUp: setUpWith(piConfig), prompts });
    describeAgent({ name: 'an isolated codex-acp', start: startAcp, setUp: setUpWith(codexConfig), prompts });
  });
});
