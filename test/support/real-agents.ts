/**
 * The real agents of test/agents, set up against the scripted model server: what to put into a runner's agents file,
 * and the agent's own configuration in a folder of the test.
 */
import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { MODEL_ID } from './model-server/server.ts';

const PROVIDER = 'scripted';
/** Not a secret: the model server asks for none. */
const KEY = 'scripted';
const CODEX = '@zed-industries/codex-acp';
/** pi 0.87 needs it. */
const NODE_MAJOR = 22;
const NODE_MINOR = 19;

export const INSTALL_AGENTS = 'pnpm --dir test/agents install --ignore-workspace --frozen-lockfile --ignore-scripts';

/** Programs with their first arguments. */
export interface RealAgents {
  readonly pi: readonly string[];
  readonly codex: readonly string[];
}

/** An agent as a runner's agents file describes it. `env` is complete but for PATH. */
export interface RealAgentConfig {
  readonly name: string;
  readonly kind: 'pi' | 'acp';
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
}

export interface RealAgentOptions {
  readonly modelServerUrl: string;
  /** A folder of the test for the agent's configuration; made when it is not there. */
  readonly home: string;
}

/** Undefined when test/agents is not installed. */
export function findRealAgents(): RealAgents | undefined {
  const folder = process.env['TREELINE_TEST_AGENTS_DIR'] ?? fileURLToPath(new URL('../agents', import.meta.url));
  if (folder === '') return undefined;
  try {
    const require = createRequire(join(folder, 'package.json'));
    const node = nodeFor(require);
    const pi = join(folder, 'node_modules', '@earendil-works', 'pi-coding-agent', 'dist', 'bundle', 'cli.js');
    accessSync(pi, constants.R_OK);
    return { pi: [node, pi], codex: [codexBinary(require)] };
  } catch {
    return undefined; // Not installed, or not for this platform.
  }
}

/** `describe` for tests of the real agents: skipped, and saying how to install them, when they are not there. */
export function describeReal(what: string, tests: () => void): void {
  const found = findRealAgents() !== undefined;
  const hint = found ? '' : ` (not installed: ${INSTALL_AGENTS})`;
  describe.skipIf(!found)(`${what}${hint}`, () => {
    tests();
  });
}

/** pi's name for each API that the model server speaks, and the base URL that its client wants. */
const PI_APIS = {
  'openai-completions': '/v1',
  'openai-responses': '/v1',
  'anthropic-messages': '',
  'google-generative-ai': '/v1beta',
} as const;
export type PiApi = keyof typeof PI_APIS;
export const PI_API_NAMES = Object.keys(PI_APIS) as PiApi[];

/** pi over one of the model APIs; default: OpenAI chat/completions. */
export async function piConfig(options: RealAgentOptions & { api?: PiApi }): Promise<RealAgentConfig> {
  const { modelServerUrl, home, api = 'openai-completions' } = options;
  const folder = join(home, 'pi');
  await mkdir(folder, { recursive: true });
  const models = [
    {
      id: MODEL_ID,
      reasoning: true,
      input: ['text'],
      contextWindow: 200_000,
      maxTokens: 16_000,
      cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 },
    },
  ];
  const provider = { baseUrl: modelServerUrl + PI_APIS[api], api, apiKey: KEY, models };
  await writeJson(join(folder, 'models.json'), { providers: { [PROVIDER]: provider } });
  await writeJson(join(folder, 'settings.json'), {
    defaultProvider: PROVIDER,
    defaultModel: MODEL_ID,
    retry: { enabled: true, maxRetries: 2, baseDelayMs: 50 },
  });
  const env = { HOME: home, PI_CODING_AGENT_DIR: folder, PI_OFFLINE: '1', PI_TELEMETRY: '0' };
  return { name: 'pi', kind: 'pi', command: installed().pi, env, passEnv: [] };
}

export async function codexConfig({ modelServerUrl, home }: RealAgentOptions): Promise<RealAgentConfig> {
  const folder = join(home, 'codex');
  await mkdir(folder, { recursive: true });
  const config = `model = "${MODEL_ID}"
model_provider = "${PROVIDER}"
check_for_update_on_startup = false

[model_providers.${PROVIDER}]
name = "${PROVIDER}"
base_url = "${modelServerUrl}/v1"
wire_api = "responses"
env_key = "SCRIPTED_API_KEY"
requires_openai_auth = false
`;
  await writeFile(join(folder, 'config.toml'), config);
  const env = {
    HOME: home,
    CODEX_HOME: folder,
    SCRIPTED_API_KEY: KEY,
    INITIAL_AGENT_MODE: 'workspace-write',
    NO_BROWSER: '1',
  };
  return { name: 'codex', kind: 'acp', command: installed().codex, env, passEnv: [] };
}

function installed(): RealAgents {
  const agents = findRealAgents();
  if (agents === undefined) throw new Error(`The real agents are not installed: ${INSTALL_AGENTS}`);
  return agents;
}

function nodeFor(require: NodeJS.Require): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE_MAJOR || (major === NODE_MAJOR && minor >= NODE_MINOR)) return process.execPath;
  const node = require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
  accessSync(node, constants.X_OK);
  return node;
}

/** The binary itself: its npm wrapper would be a second process. */
function codexBinary(require: NodeJS.Require): string {
  const wrapper = createRequire(require.resolve(`${CODEX}/package.json`));
  const binary = wrapper.resolve(`${CODEX}-${process.platform}-${process.arch}/bin/codex-acp`);
  accessSync(binary, constants.X_OK);
  return binary;
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, JSON.stringify(value, undefined, 2));
}
