/** What the environment says, read once into one typed value with its defaults. Nobody else in the runner reads process.env. */
import { resolve } from 'node:path';
import { homePath } from './home/home.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** This process's own environment: what an agent's environment is picked from, by allow-list. */
export const environment: Environment = process.env;

/** The version of this build; `dev` when it runs from its sources. */
export const VERSION: string = process.env.TREELINE_VERSION ?? 'dev';

const CONTROL_MS = 5000;

export interface Settings {
  readonly version: string;
  /** `TREELINE_HOME`: the runner's folder, and where `treeline login` keeps its key. Default `~/.treeline`. */
  readonly home: string;
  /** `TREELINE_DATA_DIR`: the folder of the relay that `treeline up` starts. Default `<home>/relay`. */
  readonly dataDir: string;
  /** `TREELINE_URL`: the relay that commands talk to. */
  readonly url: string | undefined;
  /** `TREELINE_KEY_FILE`: a file that holds the key for it. */
  readonly keyFile: string | undefined;
  /** `REDIS_URL`: the store of the relay, instead of a file in its data folder. */
  readonly redisUrl: string | undefined;
  /** `TREELINE_RUNNER_HEARTBEAT_INTERVAL`: milliseconds between writes of runner.state.json when nothing changes. */
  readonly stateHeartbeatMs: number | undefined;
  /** `TREELINE_RUNNER_HTTP_TIMEOUT`: milliseconds in which the daemon has to answer on its control socket. Default 5000. */
  readonly controlTimeoutMs: number;
  /** `NO_COLOR` is set, or the terminal is dumb. */
  readonly noColor: boolean;
  /** The locale can show more than ASCII. */
  readonly unicode: boolean;
  /** A browser can be opened for the person at this terminal. */
  readonly display: boolean;
}

export function readSettings(env: Environment = environment): Settings {
  const home = homePath(env);
  const text = (name: string) => env[name]?.trim() || undefined;
  const dataDir = text('TREELINE_DATA_DIR');
  return {
    version: VERSION,
    home,
    dataDir: dataDir === undefined ? resolve(home, 'relay') : resolve(dataDir),
    url: text('TREELINE_URL'),
    keyFile: text('TREELINE_KEY_FILE'),
    redisUrl: text('REDIS_URL'),
    stateHeartbeatMs: milliseconds(text('TREELINE_RUNNER_HEARTBEAT_INTERVAL'), 1000),
    controlTimeoutMs: milliseconds(text('TREELINE_RUNNER_HTTP_TIMEOUT'), 1) ?? CONTROL_MS,
    noColor: (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb',
    unicode: /utf-?8/i.test(text('LC_ALL') ?? text('LC_CTYPE') ?? text('LANG') ?? ''),
    display: hasDisplay(env),
  };
}

/** A whole number that is at least so large; anything else is as if it were not set. */
function milliseconds(text: string | undefined, least: number): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : undefined;
}

function hasDisplay(env: Environment): boolean {
  if (env['SSH_CONNECTION'] !== undefined || env['CI'] !== undefined) return false;
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') !== '';
}
