/**
 * The agents that Treeline knows by name: data only. An agent that is not here is one entry in the agents file.
 * What each needs was seen with the real program; branch on what it says it can, never on its name.
 */
import type { AgentConfig } from './agent.ts';

export interface AgentPreset {
  readonly name: string;
  readonly kind: Extract<AgentConfig['kind'], 'pi' | 'acp'>;
  /** Programs that are looked for on the PATH; the first that is there is used. */
  readonly programs: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  /** Whether `--version` prints a version and ends; some adapters start to serve instead. */
  readonly tellsVersion: boolean;
  /** A program that shows that the agent is in use here, although what drives it is missing. */
  readonly sign?: string;
  readonly install: string;
  readonly login: string;
}

/** In the order in which a default is chosen. */
export const PRESETS: readonly AgentPreset[] = [
  {
    name: 'claude',
    kind: 'acp',
    programs: ['claude-agent-acp', 'claude-code-acp'],
    args: [],
    // Its updater and telemetry have no place in an unattended session.
    env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
    passEnv: ['ANTHROPIC_*', 'CLAUDE_*', 'AWS_*', 'CLOUD_ML_REGION', 'GOOGLE_CLOUD_PROJECT', 'IS_SANDBOX'],
    tellsVersion: false,
    sign: 'claude',
    install: 'Install its adapter: npm install -g @agentclientprotocol/claude-agent-acp',
    login: 'Sign in: run `claude` once and type /login, or set ANTHROPIC_API_KEY for the runner.',
  },
  {
    name: 'codex',
    kind: 'acp',
    programs: ['codex-acp'],
    args: [],
    // Its default mode sends approvals to a reviewer model, and signing in would open a browser.
    env: { INITIAL_AGENT_MODE: 'workspace-write', NO_BROWSER: '1' },
    passEnv: ['OPENAI_*', 'CODEX_*'],
    tellsVersion: true,
    sign: 'codex',
    install: 'Install its adapter: npm install -g @agentclientprotocol/codex-acp',
    login: 'Sign in: run `codex login`, or set OPENAI_API_KEY for the runner.',
  },
  {
    name: 'pi',
    kind: 'pi',
    programs: ['pi'],
    args: [],
    env: {},
    passEnv: [
      'PI_*',
      'ANTHROPIC_*',
      'OPENAI_*',
      'GEMINI_API_KEY',
      'GOOGLE_*',
      'AZURE_OPENAI_*',
      'AWS_*',
      'MISTRAL_API_KEY',
      'GROQ_API_KEY',
      'CEREBRAS_API_KEY',
      'XAI_API_KEY',
      'OPENROUTER_API_KEY',
      'ZAI_API_KEY',
      'GITHUB_TOKEN',
      'GH_TOKEN',
    ],
    tellsVersion: true,
    install: 'Install it: npm install -g @earendil-works/pi-coding-agent (Node 22.19 or newer)',
    login: 'Sign in: run `pi` once and type /login, or set the API key of your provider for the runner.',
  },
  {
    name: 'gemini',
    kind: 'acp',
    programs: ['gemini'],
    args: ['--acp'],
    // In a folder that is not trusted it leaves out every MCP tool, without a word.
    env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    passEnv: ['GEMINI_*', 'GOOGLE_*'],
    tellsVersion: true,
    install: 'Install it: npm install -g @google/gemini-cli',
    login: 'Sign in: run `gemini` once, or set GEMINI_API_KEY for the runner.',
  },
  {
    name: 'opencode',
    kind: 'acp',
    programs: ['opencode'],
    args: ['acp'],
    env: { OPENCODE_DISABLE_AUTOUPDATE: '1' },
    passEnv: ['OPENCODE_*', 'ANTHROPIC_*', 'OPENAI_*', 'GEMINI_API_KEY', 'GOOGLE_*', 'OPENROUTER_API_KEY'],
    tellsVersion: true,
    install: 'Install it: npm install -g opencode-ai',
    login: 'Sign in: run `opencode auth login`, or set the API key of your provider for the runner.',
  },
  {
    name: 'copilot',
    kind: 'acp',
    programs: ['copilot'],
    args: ['--acp'],
    env: {},
    passEnv: ['COPILOT_*', 'GH_TOKEN', 'GITHUB_TOKEN'],
    tellsVersion: true,
    install: 'Install it: npm install -g @github/copilot',
    login: 'Sign in: run `copilot` once and type /login, or set GH_TOKEN for the runner.',
  },
];

export function findPreset(name: string): AgentPreset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}

/** What to tell a person when the agent of this name is missing or not signed in. */
export function presetHints(name: string): { readonly install?: string; readonly login?: string } {
  const preset = findPreset(name);
  return preset === undefined ? {} : { install: preset.install, login: preset.login };
}
