/** The contract with a real ACP agent: zed's codex-acp against the scripted model server. */
import { script } from '@treeline/test-support/model-server/script.ts';
import { startModelServer } from '@treeline/test-support/model-server/server.ts';
import { codexConfig, describeReal } from '@treeline/test-support/real-agents.ts';
import { describeAgent } from '../agent.contract.ts';
import { startAcp } from './index.ts';

describeReal('codex-acp', () => {
  describeAgent({
    name: 'acp (zed codex-acp)',
    start: startAcp,
    setUp: async (folder) => {
      const model = await startModelServer();
      const { env, ...config } = await codexConfig({ modelServerUrl: model.url, home: folder });
      return { config: { ...config, env: {} }, env, tearDown: () => model.close() };
    },
    prompts: {
      say: (text) => script([{ text }]),
      long: () => script([{ text: 'at last', delayMs: 60_000 }]),
      slow: (text) => script([{ text, delayMs: 500 }]),
      ask: (question) => script([{ tool: 'ask_user_question', args: { question } }, { text: 'thanks' }]),
    },
    missing: { name: 'codex', kind: 'acp', command: ['codex-acp-that-is-not-here'], env: {}, passEnv: [] },
  });
});
