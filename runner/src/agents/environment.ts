/**
 * What an agent sees of the runner's environment: an allow-list, never the rest. A secret of the machine or of the relay
 * reaches an agent only by its name in the agent's `passEnv` or `env`; a relay credential reaches none.
 */
import type { AgentConfig } from './agent.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** For every agent: who and where one is, how to reach the network, how to speak. `*` at the end stands for any rest. */
const GENERAL: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_*',
  'TZ',
  'TMPDIR',
  'TERM',
  'COLORTERM',
  'XDG_*',
  'SSH_AUTH_SOCK',
  'DBUS_SESSION_BUS_ADDRESS',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** The session's id, by which the daemon finds what a session left running. No secret. */
const SESSION_MARK = 'TREELINE_SESSION';
const RELAY_KEY = /\btl_[a-z]+_[0-9a-z]{26}_/;

export interface EnvironmentOptions {
  /** The runner's own environment. */
  readonly base: Environment;
  readonly config: Pick<AgentConfig, 'env' | 'passEnv'>;
  /** What Treeline itself sets; wins over everything. */
  readonly extra?: Environment | undefined;
}

/** The complete environment of an agent's process: allow-listed, then `passEnv`, then `env`, then `extra`. */
export function agentEnvironment({ base, config, extra = {} }: EnvironmentOptions): Record<string, string> {
  const allowed = [...GENERAL, ...config.passEnv].map(matcher);
  const passed = Object.entries(base).filter(([name]) => allowed.some((matches) => matches(name)));
  const merged: Record<string, string> = {};
  for (const [name, value] of [...passed, ...Object.entries(config.env)]) {
    if (value !== undefined && !isOurs(name, value)) merged[name] = value;
  }
  for (const [name, value] of [[SESSION_MARK, base[SESSION_MARK]] as const, ...Object.entries(extra)]) {
    if (value !== undefined && !RELAY_KEY.test(value)) merged[name] = value;
  }
  return merged;
}

function matcher(pattern: string): (name: string) => boolean {
  if (!pattern.endsWith('*')) return (name) => name === pattern;
  const prefix = pattern.slice(0, -1);
  return (name) => name.startsWith(prefix);
}

/** TREELINE_* configures the relay and the runner, and may hold what opens them. */
function isOurs(name: string, value: string): boolean {
  return name.startsWith('TREELINE_') || RELAY_KEY.test(value);
}
