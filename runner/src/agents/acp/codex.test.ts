import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { script } from '@treeline/test-support/model-server/script.ts';
import { MODEL_ID, startModelServer } from '@treeline/test-support/model-server/server.ts';
import { describeAgent } from '../agent.contract.ts';
import { startAcp } from './index.ts';

const codex = fileURLToPath(new URL('../../../../test/agents/node_modules/.bin/codex-acp', import.meta.url));

async function setUp(folder: string) {
  const model = await startModelServer();
  const home = join(folder, 'codex');
  await mkdir(home);
  await writeFile(
    join(home, 'config.toml'),
    `model = "${MODEL_ID}"
model_provider = "scripted"
[model_providers.scripted]
name = "Scripted"
base_url = "${model.url}/v1"
wire_api = "responses"
env_key = "MODEL_KEY"
requires_openai_auth = false
`,
  );
  return {
    config: { name: 'codex', kind: 'acp' as const, command: [codex], env: {}, passEnv: [] },
    env: { HOME: folder, CODEX_HOME: home, MODEL_KEY: 'none', INITIAL_AGENT_MODE: 'workspace-write', NO_BROWSER: '1' , PATH: process.env['PATH'] ?? ''},
    tearDown: () => model.close(),
  };
}

if (existsSync(codex)) {
  describeAgent({
    name: 'codex over ACP',
    start: startAcp,
    setUp,
    prompts: {
      say: (text) => script([{ text }]),
      long: () => script([{ text: 'x', delayMs: 60_000 }]),
      slow: (text) => script([{ text, delayMs: 500 }]),
      ask: (question) => script([{ tool: 'ask_user_question', args: { question } }, { text: 'thanks' }]),
    },
    missing: { name: 'codex', kind: 'acp', command: ['codex-acp-that-is-not-here'], env: {}, passEnv: [] },
  });
}
