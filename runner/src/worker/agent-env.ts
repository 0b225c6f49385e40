/** The environment of an agent, built from an allow-list: no secret of the runner, and none of whoever started it, passes by accident. */
import type { AgentConfig } from '../agents/agent.ts';

/** What programs need to find their files, their terminal's language, and the way out. */
const PASSED = new Set([
  'PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TZ', 'LANG', 'LANGUAGE', 'TERM', 'COLORTERM', 'NO_COLOR',
  'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy',
  'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'SSH_AUTH_SOCK', 'DBUS_SESSION_BUS_ADDRESS',
  'SYSTEMROOT', 'COMSPEC', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'TEMP', 'TMP',
]); // prettier-ignore
const PASSED_PREFIXES = ['LC_', 'XDG_'] as const;

export interface AgentEnvOptions {
  readonly config: Pick<AgentConfig, 'env' | 'passEnv'>;
  /** The runner's own environment. */
  readonly from: Readonly<Record<string, string | undefined>>;
  readonly sessionId: string;
}

export function agentEnv({ config, from, sessionId }: AgentEnvOptions): Record<string, string> {
  const passes = (name: string) =>
    PASSED.has(name) || config.passEnv.includes(name) || PASSED_PREFIXES.some((prefix) => name.startsWith(prefix));
  const passed = Object.entries(from).flatMap(([name, value]) =>
    value !== undefined && passes(name) ? [[name, value] as const] : [],
  );
  return { ...Object.fromEntries(passed), ...config.env, TREELINE_SESSION_ID: sessionId };
}
