/** Starting the runner of this machine by itself, when somebody wants a session and it has been forgotten. */
import { existsSync } from 'node:fs';
import type { Cli } from './cli.ts';
import { ownHomePath } from './runner-home.ts';

/**
 * Starts the runner that has joined the relay in use and does not run, unless its config.json says `"autoStart": false`.
 * One of another version is restarted. That it does not get online is said, and is no failure: a relay keeps sessions.
 */
export async function startOwnRunner(cli: Cli): Promise<void> {
  const path = ownHomePath(cli);
  if (!existsSync(path)) return;
  const { openHome } = await import('../home/home.ts');
  const { findCredentials } = await import('../home/credentials.ts');
  const { readConfig } = await import('../home/config.ts');
  try {
    const home = await openHome(path);
    const credentials = await findCredentials(home);
    const { url } = await cli.relay();
    if (credentials?.relays.includes(url) !== true || !(await readConfig(home)).autoStart) return;
    const { ensureRunning } = await import('./commands/runner/start.ts');
    const { already } = await ensureRunning(cli, home);
    if (!already) cli.out.note('The runner of this machine was started.');
  } catch (error) {
    cli.out.note(error instanceof Error ? error.message : String(error));
  }
}
