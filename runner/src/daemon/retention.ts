/** Which session folders go. Nothing goes that the relay does not have in full, nor what a session needs to go on. */
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Home } from '../home/home.ts';
import { isMissing } from '../process/files.ts';
import { isWorktree, removeWorktree } from '../worktree/worktree.ts';
import type { RunnerSession } from './session.ts';

/** After its end a log stays this long, so that it can refill a store that lost writes. */
const KEEP_ENDED_MS = 15 * 60_000;
/** A session that can be resumed keeps its agent's transcript this long. */
const KEEP_RESUMABLE_MS = 30 * 24 * 3600_000;
const KEEP_ASIDE_MS = 30 * 24 * 3600_000;

/** What is looked at of a session. */
type Kept = Pick<RunnerSession, 'id' | 'paths' | 'live' | 'drained' | 'attemptLog' | 'close'>;

export interface RetentionOptions<S extends Kept> {
  readonly home: Home;
  readonly sessions: {
    readonly all: readonly S[];
    forget(session: S): void;
    /** Nothing is assigned meanwhile. */
    alone<T>(work: () => Promise<T>): Promise<T>;
  };
  readonly logger: Logger;
  readonly now: number;
}

/** Removes what has been kept long enough. */
export async function sweep<S extends Kept>({ home, sessions, logger, now }: RetentionOptions<S>): Promise<void> {
  for (const session of sessions.all) {
    if (!mayGo(session)) continue;
    const keepMs = session.attemptLog.resumable ? KEEP_RESUMABLE_MS : KEEP_ENDED_MS;
    if (now - (await changedAt(session.paths.log, now)) < keepMs) continue;
    await sessions.alone(async () => {
      if (!mayGo(session)) return;
      sessions.forget(session);
      await session.close();
      await rm(session.paths.folder, { recursive: true, force: true });
      const workspace = join(home.workspaces, session.id);
      if (await isWorktree(workspace))
        logger.info({ session: session.id, ...(await removeWorktree(workspace)) }, 'worktree');
      await removeIfEmpty(workspace);
      logger.info({ session: session.id }, 'folder of an ended session removed');
    });
  }
  for (const name of await namesIn(home.aside)) {
    const path = join(home.aside, name);
    if (now - (await changedAt(path, now)) >= KEEP_ASIDE_MS) await rm(path, { recursive: true, force: true });
  }
}

export function mayGo({ live, drained, attemptLog }: Pick<Kept, 'live' | 'drained' | 'attemptLog'>): boolean {
  return !live && drained && attemptLog.ending === 'ended';
}

async function changedAt(path: string, otherwise: number): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}

/** What a session made in its own working folder is its user's, and stays. */
async function removeIfEmpty(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (!isMissing(error) && !(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error;
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
