/** The agents that may be installed on this machine, and how each is made to talk to the scripted model server. */
import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { MODEL_ID } from '@treeline/test-support/model-server/server.ts';

/** Not a secret: the model server asks for none. */
const KEY = 'scripted';

export interface InstalledAgent {
  /** As Treeline's preset of the same name. */
  readonly name: string;
  /** Looked for on the PATH; the first that is there is run. */
  readonly programs: readonly string[];
  readonly args: readonly string[];
  readonly install: string;
  /** Its configuration in a folder of the test; resolves with the environment that it needs beside PATH. */
  readonly configure: (options: { home: string; modelServerUrl: string }) => Promise<Record<string, string>>;
}

export const INSTALLABLE: readonly InstalledAgent[] = [
  {
    name: 'codex',
    programs: ['codex-acp'],
    args: [],
    install: 'npm install -g @agentclientprotocol/codex-acp',
    async configure({ home, modelServerUrl }) {
      const folder = join(home, 'codex');
      await mkdir(folder, { recursive: true });
      await writeFile(
        join(folder, 'config.toml'),
        `model = "${MODEL_ID}"
model_provider = "scripted"
check_for_update_on_startup = false

[model_providers.scripted]
name = "scripted"
base_url = "${modelServerUrl}/v1"
wire_api = "responses"
env_key = "SCRIPTED_API_KEY"
requires_openai_auth = false
`,
      );
      return {
        CODEX_HOME: folder,
        SCRIPTED_API_KEY: KEY,
        INITIAL_AGENT_MODE: 'workspace-write',
        NO_BROWSER: '1',
      };
    },
  },
  {
    name: 'opencode',
    programs: ['opencode'],
    args: ['acp'],
    install: 'npm install -g opencode-ai',
    async configure({ home, modelServerUrl }) {
      const file = join(home, 'opencode.json');
      const provider = {
        npm: '@ai-sdk/openai-compatible',
        name: 'scripted',
        options: { baseURL: `${modelServerUrl}/v1`, apiKey: KEY },
        models: { [MODEL_ID]: { name: MODEL_ID, tool_call: true, limit: { context: 200_000, output: 16_000 } } },
      };
      const model = `scripted/${MODEL_ID}`;
      await writeFile(
        file,
        JSON.stringify({
          provider: { scripted: provider },
          model,
          small_model: model,
          autoupdate: false,
          share: 'disabled',
        }),
      );
      return {
        OPENCODE_CONFIG: file,
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        XDG_DATA_HOME: join(home, 'data'),
        XDG_CACHE_HOME: join(home, 'cache'),
        XDG_CONFIG_HOME: join(home, 'config'),
        XDG_STATE_HOME: join(home, 'state'),
      };
    },
  },
  {
    name: 'gemini',
    programs: ['gemini'],
    args: ['--acp'],
    install: 'npm install -g @google/gemini-cli',
    async configure({ home, modelServerUrl }) {
      await mkdir(join(home, '.gemini'), { recursive: true });
      await writeFile(
        join(home, '.gemini', 'settings.json'),
        JSON.stringify({
          security: { auth: { selectedType: 'gemini-api-key' } },
          general: { disableAutoUpdate: true, enableAutoUpdate: false },
          privacy: { usageStatisticsEnabled: false },
        }),
      );
      return { GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: modelServerUrl, GEMINI_CLI_TRUST_WORKSPACE: 'true' };
    },
  },
  {
    name: 'claude',
    programs: ['claude-agent-acp', 'claude-code-acp'],
    args: [],
    install: 'npm install -g @agentclientprotocol/claude-agent-acp',
    configure: ({ modelServerUrl }) =>
      Promise.resolve({
        ANTHROPIC_BASE_URL: modelServerUrl,
        ANTHROPIC_API_KEY: KEY,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        // It refuses to work for root unless it is told that this is a sandbox.
        ...(process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}),
      }),
  },
  {
    name: 'copilot',
    programs: ['copilot'],
    args: ['--acp'],
    install: 'npm install -g @github/copilot',
    configure: ({ modelServerUrl }) =>
      Promise.resolve({
        COPILOT_PROVIDER_BASE_URL: `${modelServerUrl}/v1`,
        COPILOT_PROVIDER_API_KEY: KEY,
        COPILOT_MODEL: MODEL_ID,
        COPILOT_OFFLINE: 'true',
      }),
  },
];

/** Path of the agent's program; undefined when it is not on the PATH. */
export function findProgram({ programs }: InstalledAgent): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const program of programs) {
      const path = join(folder, program);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        continue; // Not here.
      }
    }
  }
  return undefined;
}
