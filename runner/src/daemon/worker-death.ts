/** What a person is told of a worker that ended without saying how. */
import { open } from 'node:fs/promises';
import { isMissing, readText } from '../process/files.ts';
import type { SessionPaths } from '../process/session-folder.ts';
import type { ForcedEnd } from './session-log.ts';
import type { WorkerExit } from './worker-process.ts';

const TAIL_BYTES = 2048;

/** How the worker of an attempt came to be dead. */
export type Death =
  | { readonly how: 'exit'; readonly exit: WorkerExit }
  /** It was gone when the daemon started. */
  | { readonly how: 'found_dead' }
  | { readonly how: 'reboot' }
  | { readonly how: 'never_started'; readonly problem: string };

/**
 * The end record for it, with the tail of the worker's own log. `resumable`: what its agent said; one that died before it
 * could say anything is as resumable as the token of an earlier attempt makes it.
 */
export async function endFor(death: Death, paths: SessionPaths, resumable: boolean | undefined): Promise<ForcedEnd> {
  // A token that the worker was about to keep when it died is not there.
  const hasToken = (await readText(paths.resume)) !== undefined;
  const tail = await tailOf(paths.workerLog);
  const { text, ...end } = verdict(death);
  return { ...end, resumable: (resumable ?? true) && hasToken, detail: tail === '' ? text : `${text}\n${tail}` };
}

function verdict(death: Death): Omit<ForcedEnd, 'resumable' | 'detail'> & { text: string } {
  switch (death.how) {
    case 'reboot':
      return { outcome: 'lost', reason: 'lost', text: 'The machine was started anew while the session ran.' };
    case 'found_dead':
      return { outcome: 'failed', reason: 'signal', text: "The session's worker was gone when the runner started." };
    case 'never_started':
      return {
        outcome: 'failed',
        reason: 'error',
        text: `The session's worker could not be started: ${death.problem}`,
      };
    case 'exit': {
      const { code, signal, problem } = death.exit;
      if (problem !== undefined) return verdict({ how: 'never_started', problem });
      if (signal !== null)
        return { outcome: 'failed', reason: 'signal', text: `The session's worker was killed by ${signal}.` };
      if (code === null) return { outcome: 'failed', reason: 'signal', text: "The session's worker was killed." };
      return { outcome: 'failed', reason: 'error', text: `The session's worker ended with exit code ${code}.` };
    }
  }
}

async function tailOf(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(TAIL_BYTES),
        0,
        TAIL_BYTES,
        Math.max(0, size - TAIL_BYTES),
      );
      return buffer.toString('utf8', 0, bytesRead).trim();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}
