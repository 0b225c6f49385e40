import { join } from 'node:path';
import type { Home } from '../home/home.ts';

/** Where the daemon of a folder writes its log. */
export function daemonLogPath(home: Home): string {
  return join(home.logs, 'daemon.log');
}
