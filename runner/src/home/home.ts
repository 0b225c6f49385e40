/**
 * The runner's folder, `~/.treeline` or `$TREELINE_HOME`, mode 0700: all that a runner is and has. Several runners on one
 * machine are several folders.
 *
 * | file              | what                                                                        |
 * |-------------------|-----------------------------------------------------------------------------|
 * | runner.json       | id and name; made once, never changed by the daemon                         |
 * | credentials.json  | relay URLs and the runner's key, 0600                                       |
 * | config.json       | what its owner decides: capacity, labels, roots                             |
 * | agents.json       | agents beyond those that are found: see agents/agents-file.ts               |
 * | generation        | counts daemon starts                                                        |
 * | runner.state.json | what the daemon is doing; for people and tools, never for decisions         |
 * | daemon.lock       | who the daemon is                                                           |
 * | supervisor.lock   | who keeps it running                                                        |
 * | supervisor.json   | why the supervisor gave up, until it is started again                       |
 * | retention.json    | how long what will be removed has been kept                                 |
 * | logs/, run/       | logs; sockets                                                               |
 * | sessions/<id>/    | one folder a session: see process/session-folder.ts                         |
 * | workspaces/<id>/  | working folder of a session that was given none                             |
 * | aside/            | session folders that the relay disowned, kept for a person to look at       |
 */
import { existsSync } from 'node:fs';
import { access, chmod, constants, mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isMissing } from '../process/files.ts';

export interface Home {
  readonly path: string;
  readonly identity: string;
  readonly credentials: string;
  readonly config: string;
  readonly generation: string;
  readonly state: string;
  readonly lock: string;
  readonly supervisorLock: string;
  readonly gaveUp: string;
  readonly retention: string;
  readonly logs: string;
  readonly run: string;
  readonly sessions: string;
  readonly workspaces: string;
  readonly aside: string;
}

/** Something about the runner's folder that its owner has to mend; the message says what and how. */
export class HomeError extends Error {
  override readonly name = 'HomeError';
}

/** Where the runner's folder is, by `TREELINE_HOME` or else below the user's home. */
export function homePath(env: Readonly<Record<string, string | undefined>>): string {
  const chosen = env['TREELINE_HOME'];
  return chosen === undefined || chosen === '' ? join(homedir(), '.treeline') : resolve(chosen);
}

/** Makes what is missing of the folder, closes it to other users, and fails with a HomeError when it cannot be written. */
export async function openHome(path: string): Promise<Home> {
  const home = homeAt(path);
  try {
    for (const folder of [path, home.logs, home.run, home.sessions, home.workspaces]) {
      await makeFolder(folder);
    }
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o700);
    await access(path, constants.W_OK);
  } catch (cause) {
    throw new HomeError(`${path} cannot be used as the runner's folder: ${inWords(cause)}`, { cause });
  }
  return home;
}

/** The same for who only looks or asks: a folder that cannot be written, as of a disk that has failed, comes with why. */
export async function lookIntoHome(path: string): Promise<{ home: Home; problem?: HomeError }> {
  try {
    return { home: await openHome(path) };
  } catch (error) {
    if (error instanceof HomeError) return { home: homeAt(path), problem: error };
    throw error;
  }
}

const homeAt = (path: string): Home => ({
  path,
  identity: join(path, 'runner.json'),
  credentials: join(path, 'credentials.json'),
  config: join(path, 'config.json'),
  generation: join(path, 'generation'),
  state: join(path, 'runner.state.json'),
  lock: join(path, 'daemon.lock'),
  supervisorLock: join(path, 'supervisor.lock'),
  gaveUp: join(path, 'supervisor.json'),
  retention: join(path, 'retention.json'),
  logs: join(path, 'logs'),
  run: join(path, 'run'),
  sessions: join(path, 'sessions'),
  workspaces: join(path, 'workspaces'),
  aside: join(path, 'aside'),
});

/** On a read-only file system mkdir says that the parent is not there. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const parent = dirname(path);
    if (isMissing(error) && existsSync(parent)) await access(parent, constants.W_OK);
    throw error;
  }
}

function inWords(cause: unknown): string {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there. Give it to this user, or set TREELINE_HOME to another folder.';
    case 'EROFS':
      return 'the file system is read-only. Set TREELINE_HOME to a folder that can be written.';
    case 'ENOSPC':
      return 'the disk is full. Free some space, or set TREELINE_HOME to a folder on another disk.';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file is in its way. Move that away, or set TREELINE_HOME to another folder.';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
