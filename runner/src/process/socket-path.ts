/**
 * Where a daemon listens for its workers: `$TREELINE_HOME/run/daemon.sock`. The kernel bounds such paths (108 bytes on
 * Linux, 104 elsewhere), so below a deep home it is a short path in the system's temporary folder, and
 * `run/socket-path` says which.
 */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readText, writePrivate } from './files.ts';

const MAX_BYTES = 100;

const directPath = (home: string) => join(home, 'run', 'daemon.sock');
const pointerPath = (home: string) => join(home, 'run', 'socket-path');

/** For workers: where the daemon of this home listens, or will. */
export async function daemonSocketPath(home: string): Promise<string> {
  const direct = directPath(home);
  if (Buffer.byteLength(direct) <= MAX_BYTES) return direct;
  return (await readText(pointerPath(home)))?.trim() ?? direct;
}

/** For the daemon: where to listen. Makes the folder (0700), and the file that points there when the path is not the usual one. */
export async function claimDaemonSocketPath(home: string): Promise<string> {
  const direct = directPath(home);
  await mkdir(dirname(direct), { recursive: true, mode: 0o700 });
  if (Buffer.byteLength(direct) <= MAX_BYTES) return direct;
  const earlier = (await readText(pointerPath(home)))?.trim();
  if (earlier !== undefined) {
    await mkdir(dirname(earlier), { recursive: true, mode: 0o700 });
    return earlier;
  }
  const path = join(await mkdtemp(join(tmpdir(), 'treeline-')), 'daemon.sock');
  await writePrivate(pointerPath(home), `${path}\n`);
  return path;
}
