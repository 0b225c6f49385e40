/** What a worker, and so its agent, may know of the runner's environment. No credential is in it. */

export type Env = Readonly<Record<string, string | undefined>>;

const NAMES: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TERM',
  'COLORTERM',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
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
]);
const PREFIXES = ['LC_', 'XDG_'] as const;

/** In the environment of every process of a session: by it what the session left behind is found. */
export const SESSION_MARK = 'TREELINE_SESSION';

/** The allow-listed part of the runner's environment, and what the session's agent was granted beyond it. */
export function workerEnvironment({ env, passEnv, session }: { env: Env; passEnv: readonly string[]; session: string }) {
  const granted = new Set(passEnv);
  const allowed = (name: string) =>
    NAMES.has(name) || granted.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
  const passed = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && allowed(entry[0]));
  return { ...Object.fromEntries(passed), [SESSION_MARK]: session };
}
