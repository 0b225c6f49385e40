/** The relay's configuration: read once from flags and environment into one typed value. Nobody else reads either. */
import { userInfo, homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Role, TIMES, TREE_LIMITS, TreelineError } from '@treeline/shared';
import { z } from 'zod';

export const VERSION = process.env.TREELINE_VERSION ?? '0.0.0-source';

const positive = z.coerce.number().int().positive();
const whole = z.coerce.number().int().nonnegative();

const TreeLimits = z.object({
  maxDepth: whole.default(TREE_LIMITS.maxDepth),
  maxLiveChildren: positive.default(TREE_LIMITS.maxLiveChildren),
  maxLiveInTree: positive.default(TREE_LIMITS.maxLiveInTree),
  spawnsPerMinute: positive.default(TREE_LIMITS.spawnsPerMinute),
});

/** All in milliseconds; what each means stands in shared's TIMES. */
const Times = z.object({
  heartbeatMs: positive.default(TIMES.heartbeatMs),
  offlineAfterMs: positive.default(TIMES.offlineAfterMs),
  escalateAfterMs: whole.default(TIMES.escalateAfterMs),
  unansweredAfterMs: whole.default(TIMES.unansweredAfterMs),
  triggerExpiryMs: positive.default(TIMES.triggerExpiryMs),
  /** Ended sessions are forgotten, with their logs, after this; 0: never. */
  keepEndedMs: whole.default(0),
  /** A runner's link that closed may come back within this before it counts as offline. */
  flapGraceMs: whole.default(5_000),
  joinTokenMs: positive.default(TIMES.joinTokenMs),
  setupCodeMs: positive.default(TIMES.setupCodeMs),
  signInMs: positive.default(TIMES.signInMs),
  accessMs: positive.default(TIMES.accessMs),
  refreshGraceMs: whole.default(TIMES.refreshGraceMs),
  invitationMs: positive.default(TIMES.invitationMs),
  rotationGraceMs: whole.default(TIMES.rotationGraceMs),
  runnerKeyMs: positive.default(TIMES.runnerKeyMs),
  shareMs: positive.default(TIMES.shareMs),
});

/** Bounds on what others may ask for. */
const EdgeLimits = z.object({
  maxConnections: positive.default(8_192),
  maxConnectionsOfAddress: positive.default(4_096),
  /** In ten seconds. */
  requestsOfAddress: positive.default(6_000),
  /** In ten seconds. */
  requestsOfPrincipal: positive.default(3_000),
  socketsOfPrincipal: positive.default(1_000),
  /** Credentials of one address that were not valid, in a minute. */
  failuresOfAddress: positive.default(120),
});

/** The record of who did what. */
const AuditBounds = z.object({
  /** Days; 0: for ever. */
  auditDays: whole.default(180),
  /** Lines that are kept; the oldest go first. */
  auditLines: positive.default(100_000),
  /** Refusals of one address that each leave a line within a minute; more are counted in one. */
  auditRefusalsPerMinute: positive.default(120),
});

/** How much of each log is kept on the relay. */
const LogBounds = z.object({
  /** Days; 0: for ever. */
  keepLogDays: whole.default(0),
  /** Entries; 0: all. */
  keepLogEntries: whole.default(0),
});

/** Another place to sign in at. */
const OidcSettings = z
  .object({
    /** As the provider names itself; https, or http on this machine. */
    issuer: z.url({ protocol: /^https?$/ }),
    clientId: z.string().min(1),
    /** Its first line is the secret. */
    clientSecretFile: z.string().min(1),
    /** How people call it: “Sign in with …”. */
    name: z.string().min(1).max(40).default('your company'),
    /** Who may come in: e-mail addresses that the provider has verified, or its subjects. */
    allow: z.array(z.string().min(1)).min(1),
    /** Of whoever comes in for the first time. */
    role: Role.default('viewer'),
  })
  .refine(
    ({ issuer }) => !issuer.startsWith('http:') || (URL.canParse(issuer) && LOOPBACK.test(new URL(issuer).hostname)),
    {
      path: ['issuer'],
      message: 'a provider on another machine needs https',
    },
  );
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const Origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

const Config = z
  .object({
    /** 0: any free port. */
    port: z.coerce.number().int().min(0).max(65_535).default(7460),
    host: z.string().min(1).default('127.0.0.1'),
    /** The embedded store, local.json and what else this machine keeps for the relay. */
    dataDir: z.string().min(1),
    /** With it the store is Redis, shared by any number of relays; without, SQLite in the data folder. */
    redisUrl: z.url({ protocol: /^(rediss?|redis\+sentinel|unix)$/ }).optional(),
    /** Accepts a Redis that may lose writes; shown in /readyz and to viewers. */
    volatile: z.boolean().default(false),
    /** The Redis store that this relay must find; default: the one that it found last time, by store.json of the data folder. */
    storeId: z.string().min(1).optional(),
    /** Go on with whatever store the Redis holds. */
    acceptNewStore: z.boolean().default(false),
    /** What people and runners reach the relay at, when that is not host and port: behind a proxy, by a name. */
    publicUrl: Origin.optional(),
    /** Origins of browsers besides the relay's own. */
    allowedOrigins: z.array(Origin).default([]),
    /** How push services reach whoever runs the relay: mailto: or https:. Default: the public URL, when that is https. */
    pushSubject: z
      .string()
      .regex(/^(mailto:.+@.+|https:\/\/.+)$/, 'expected mailto:you@example.org or https://…')
      .optional(),
    /** Where notifications may be sent although it is http or a private address: an ntfy server at home. */
    allowOutbound: z.array(Origin).default([]),
    /** Names under which the relay answers, besides addresses, its public URL and names of a private network. */
    allowedHosts: z.array(z.string().min(1)).default([]),
    /** PEM files; with both the relay itself speaks https. */
    tlsCert: z.string().min(1).optional(),
    tlsKey: z.string().min(1).optional(),
    /** Proxies whose X-Forwarded-* count: addresses or networks, or `loopback`. Empty: none. */
    trustProxy: z.array(z.string()).default([]),
    logLevel: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
    /** JSON lines go here; without it to stderr. */
    logFile: z.string().optional(),
    /** The built viewer. */
    webDir: z.string(),
    /** How people read the name of whoever uses the local key or the first sign-in code. */
    ownerName: z.string().min(1),
    treeLimits: TreeLimits.prefault({}),
    times: Times.prefault({}),
    audit: AuditBounds.prefault({}),
    logs: LogBounds.prefault({}),
    edge: EdgeLimits.prefault({}),
    /** Absent: people sign in here alone. */
    oidc: OidcSettings.optional(),
  })
  .refine(
    ({ tlsCert, tlsKey, publicUrl }) => {
      if (tlsCert === undefined && tlsKey === undefined) return true;
      return tlsCert !== undefined && tlsKey !== undefined && publicUrl?.startsWith('https://') === true;
    },
    { path: ['tlsCert'], message: 'TLS needs tlsCert, tlsKey and an https publicUrl with a name of the certificate' },
  );
export type RelayConfig = z.output<typeof Config>;
export type RelayOptions = Partial<z.input<typeof Config>>;

/** Completes options with the defaults. Throws bad_request that names the setting at fault. */
export function relayConfig(options: RelayOptions = {}): RelayConfig {
  const parsed = Config.safeParse({
    dataDir: join(homedir(), '.treeline', 'relay'),
    webDir: fileURLToPath(new URL('./web', import.meta.url)),
    ownerName: ownerName(),
    ...options,
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TreelineError('bad_request', `The setting ${issue?.path.join('.')} is not valid: ${issue?.message}`);
}

function ownerName(): string {
  try {
    return userInfo().username || 'owner';
  } catch {
    // A container may run under a uid that has no name.
    return 'owner';
  }
}

const FLAGS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'data-dir': { type: 'string' },
  redis: { type: 'string' },
  volatile: { type: 'boolean' },
  'store-id': { type: 'string' },
  'accept-new-store': { type: 'boolean' },
  'public-url': { type: 'string' },
  'allow-origin': { type: 'string', multiple: true },
  'push-subject': { type: 'string' },
  'allow-outbound': { type: 'string', multiple: true },
  'allow-host': { type: 'string', multiple: true },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'trust-proxy': { type: 'string', multiple: true },
  'log-level': { type: 'string' },
  'oidc-issuer': { type: 'string' },
  'oidc-client-id': { type: 'string' },
  'oidc-client-secret-file': { type: 'string' },
  'oidc-name': { type: 'string' },
  'oidc-allow': { type: 'string', multiple: true },
  'oidc-role': { type: 'string' },
  'log-file': { type: 'string' },
} as const;

/**
 * Options of `node relay.mjs`: a flag wins over its variable. Tree limits and times have variables only, such as
 * TREELINE_MAX_DEPTH and TREELINE_ESCALATE_AFTER_MS.
 */
export function readOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): RelayOptions {
  const { values: flags } = parseFlags(argv);
  const home = env['TREELINE_HOME'];
  const level = flags['log-level'] ?? env['TREELINE_LOG_LEVEL'];
  return present({
    port: flags.port ?? env['TREELINE_PORT'],
    host: flags.host ?? env['TREELINE_HOST'],
    dataDir: flags['data-dir'] ?? env['TREELINE_DATA_DIR'] ?? (home === undefined ? undefined : join(home, 'relay')),
    redisUrl: flags.redis ?? (env['REDIS_URL'] || undefined),
    volatile: flags.volatile ?? (env['TREELINE_VOLATILE'] === undefined ? undefined : env['TREELINE_VOLATILE'] === '1'),
    storeId: flags['store-id'] ?? env['TREELINE_STORE_ID'],
    acceptNewStore: flags['accept-new-store'] ?? (env['TREELINE_ACCEPT_NEW_STORE'] === '1' ? true : undefined),
    publicUrl: flags['public-url'] ?? env['TREELINE_PUBLIC_URL'],
    allowedOrigins: flags['allow-origin'] ?? list(env['TREELINE_ALLOWED_ORIGINS']),
    pushSubject: flags['push-subject'] ?? env['TREELINE_PUSH_SUBJECT'],
    allowOutbound: flags['allow-outbound'] ?? list(env['TREELINE_ALLOW_OUTBOUND']),
    allowedHosts: flags['allow-host'] ?? list(env['TREELINE_ALLOWED_HOSTS']),
    tlsCert: flags['tls-cert'] ?? env['TREELINE_TLS_CERT'],
    tlsKey: flags['tls-key'] ?? env['TREELINE_TLS_KEY'],
    trustProxy: flags['trust-proxy'] ?? list(env['TREELINE_TRUST_PROXY']),
    // The schema judges the word.
    logLevel: level as RelayOptions['logLevel'],
    logFile: flags['log-file'] ?? env['TREELINE_LOG_FILE'],
    treeLimits: fromEnv(TreeLimits, env),
    times: fromEnv(Times, env),
    audit: fromEnv(AuditBounds, env),
    logs: fromEnv(LogBounds, env),
    edge: fromEnv(EdgeLimits, env),
    oidc: oidcOf(flags, env),
  });
}

/** Undefined when nothing of it is set; what is missing then is named by the schema. */
function oidcOf(
  flags: ReturnType<typeof parseFlags>['values'],
  env: Readonly<Record<string, string | undefined>>,
): RelayOptions['oidc'] {
  const set = present({
    issuer: flags['oidc-issuer'] ?? env['TREELINE_OIDC_ISSUER'],
    clientId: flags['oidc-client-id'] ?? env['TREELINE_OIDC_CLIENT_ID'],
    clientSecretFile: flags['oidc-client-secret-file'] ?? env['TREELINE_OIDC_CLIENT_SECRET_FILE'],
    name: flags['oidc-name'] ?? env['TREELINE_OIDC_NAME'],
    allow: flags['oidc-allow'] ?? list(env['TREELINE_OIDC_ALLOW']),
    role: flags['oidc-role'] ?? env['TREELINE_OIDC_ROLE'],
  });
  return Object.keys(set).length === 0 ? undefined : (set as RelayOptions['oidc']);
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS });
  } catch (cause) {
    throw new TreelineError('bad_request', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The values of an object schema whose variables are set: `maxDepth` is TREELINE_MAX_DEPTH. */
function fromEnv(schema: z.ZodObject, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[`TREELINE_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function list(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Present<T>;
}
