/** Listening on a Unix socket whose file may be left over from a process that died. */
import { rm } from 'node:fs/promises';
import type { Server } from 'node:net';

/** Removes what is in the way. Only the holder of the daemon's lock may: then nobody listens there. */
export async function freeSocketPath(path: string): Promise<void> {
  await rm(path, { force: true });
}

export function listenOn(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
