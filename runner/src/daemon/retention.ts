/** Which session folders go. Nothing goes that the relay does not have in full, nor what a session needs to go on. */
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Home } from '../home/home.ts';
import { isMissing } from '../process/files.ts';
import { isWorktree, removeWorktree } from '../worktree/worktree.ts';
import type { KeptTimes } from './kept-times.ts';
import type { RunnerSession } from './session.ts';

/** After its end a log stays this long, so that it can refill a store that lost writes. */
const KEEP_ENDED_MS = 15 * 60_000;
/** A session that can be resumed keeps its agent's transcript this long. */
const KEEP_RESUMABLE_MS = 30 * 24 * 3600_000;
const KEEP_ASIDE_MS = 30 * 24 * 3600_000;

/** What is looked at of a session. */
type Kept = Pick<RunnerSession, 'id' | 'paths' | 'live' | 'drained' | 'attemptLog' | 'close'> & {
  readonly spec: Pick<RunnerSession['spec'], 'isolation'>;
};

export interface RetentionOptions<S extends Kept> {
  readonly home: Home;
  readonly sessions: {
    readonly all: readonly S[];
    forget(session: S): void;
    /** Nothing is assigned meanwhile. */
    alone<T>(work: () => Promise<T>): Promise<T>;
  };
  readonly kept: KeptTimes;
  readonly logger: Logger;
}

/** Removes what has been kept long enough. `elapsedMs`: since the last sweep, on a clock that nobody sets. */
export async function sweep<S extends Kept>(options: RetentionOptions<S>, elapsedMs: number): Promise<void> {
  const { home, sessions, kept } = options;
  const over = sessions.all.filter(mayGo);
  const aside = (await namesIn(home.aside)).map((name) => join('aside', name));
  kept.pass([...over.map(({ id }) => id), ...aside], elapsedMs);
  for (const session of over) {
    const keepMs = session.attemptLog.resumable ? KEEP_RESUMABLE_MS : KEEP_ENDED_MS;
    if (kept.of(session.id) >= keepMs) await remove(session, options);
  }
  for (const name of aside) {
    if (kept.of(name) >= KEEP_ASIDE_MS) await rm(join(home.path, name), { recursive: true, force: true });
  }
  await kept.save();
}

async function remove<S extends Kept>(session: S, { home, sessions, logger }: RetentionOptions<S>): Promise<void> {
  await sessions.alone(async () => {
    if (!mayGo(session)) return;
    sessions.forget(session);
    await session.close();
    await rm(session.paths.folder, { recursive: true, force: true });
    const workspace = join(home.workspaces, session.id);
    // Of what an isolated agent wrote git must run nothing out here.
    if (session.spec.isolation === undefined && (await isWorktree(workspace)))
      logger.info({ session: session.id, ...(await removeWorktree(workspace)) }, 'worktree');
    await removeIfEmpty(workspace);
    logger.info({ session: session.id }, 'folder of an ended session removed');
  });
}

export function mayGo({ live, drained, attemptLog }: Pick<Kept, 'live' | 'drained' | 'attemptLog'>): boolean {
  return !live && drained && attemptLog.ending === 'ended';
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
