import { script } from '@treeline/test-support/model-server/script.ts';
import { startModelServer } from '@treeline/test-support/model-server/server.ts';
import { describeReal, piConfig } from '@treeline/test-support/real-agents.ts';
import { describeAgent } from '../agent.contract.ts';
import { startPi } from './index.ts';

describeReal('the real pi', () => {
  describeAgent({
    name: 'pi',
    start: startPi,
    setUp: async (folder) => {
      const model = await startModelServer();
      const config = await piConfig({ modelServerUrl: model.url, home: folder });
      return { config, env: config.env, tearDown: () => model.close() };
    },
    prompts: {
      say: (text) => script([{ text }]),
      long: () => script([{ text: 'late', delayMs: 60_000 }]),
      slow: (text) => script([{ text, delayMs: 500 }]),
      ask: (question) => script([{ tool: 'ask_user_question', args: { question } }, { text: 'thanks' }]),
    },
    missing: { name: 'pi', kind: 'pi', command: ['no-such-pi'], env: {}, passEnv: [] },
  });
});
