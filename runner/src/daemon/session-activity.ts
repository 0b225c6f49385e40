/** What a session does just now, from the end of its log: cheap, for lists and limits. */
import { open } from 'node:fs/promises';
import { readJson } from '../process/files.ts';
import { WorkerFile, type SessionPaths } from '../process/session-folder.ts';

/** A state is followed by at most this much before a list looks; beyond it a turn runs that says a lot. */
const TAIL_BYTES = 256 * 1024;
/** As a record stands within a frame, whose body is a JSON text of its own; what an agent says is escaped once more. */
const STATE = /(?<!\\)\\"kind\\":\\"state\\",\\"state\\":\\"(\w+)\\"/g;

export interface Activity {
  readonly state: 'starting' | 'running' | 'idle' | 'asleep';
  /** When its worker started; undefined before that has said so. */
  readonly startedAt: number | undefined;
}

export async function activityOf(paths: SessionPaths): Promise<Activity> {
  const [{ text, cut }, worker] = await Promise.all([tailOf(paths.log), readJson(paths.worker, WorkerFile)]);
  const state = lastState(text) ?? (cut ? 'running' : 'starting');
  return { state, startedAt: worker.found ? worker.value.startedAt : undefined };
}

export function lastState(text: string): Activity['state'] | undefined {
  const word = [...text.matchAll(STATE)].at(-1)?.[1];
  return word === 'starting' || word === 'running' || word === 'idle' || word === 'asleep' ? word : undefined;
}

async function tailOf(path: string): Promise<{ text: string; cut: boolean }> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return { text: '', cut: false };
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return { text: buffer.toString('utf8'), cut: size > length };
  } finally {
    await file.close();
  }
}
