/** Lines of the daemon's log for somebody elsewhere: bounded, without secrets, and to be gone on with from a place. */
import { open } from 'node:fs/promises';
import { redactSecrets, type LogPlace } from '@treeline/shared';
import { isMissing } from '../process/files.ts';

/** What one answer may hold, well below what one packet may. */
const MOST_BYTES = 128 * 1024;
const MOST_CHARS = 8 * 1024;

export interface LogLines {
  readonly lines: string[];
  /** Where the next lines will be. */
  readonly next: LogPlace;
}

/** The last lines, or those that follow `after`; a log that was put aside meanwhile is read from its new beginning. */
export async function readLog(path: string, ask: { after?: LogPlace | undefined; lines: number }): Promise<LogLines> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (file === undefined) return { lines: [], next: { file: '', offset: 0 } };
  try {
    const { size, ino } = await file.stat();
    const name = String(ino);
    const { after } = ask;
    const follows = after !== undefined && after.file === name && after.offset <= size;
    const begin = after === undefined ? Math.max(0, size - MOST_BYTES) : follows ? after.offset : 0;
    const length = Math.min(size - begin, MOST_BYTES);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, begin);
    const whole = buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf(10) + 1);
    const all = whole.toString('utf8').split('\n').slice(0, -1);
    // In the middle of a file, the first line may be the end of one.
    const complete = after === undefined && begin > 0 ? all.slice(1) : all;
    const lines = after === undefined ? complete.slice(-ask.lines) : complete.slice(0, ask.lines);
    const rest = after === undefined ? [] : complete.slice(ask.lines);
    const offset = begin + whole.length - rest.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    return { lines: lines.map(shown), next: { file: name, offset } };
  } finally {
    await file.close();
  }
}

const shown = (line: string): string => redactSecrets(line).slice(0, MOST_CHARS);
