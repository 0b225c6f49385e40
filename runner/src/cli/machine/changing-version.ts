/** Putting the runner of a folder on another installed version, and back when it does not work with it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Home } from '../../home/home.ts';
import { findHolder } from '../../home/lock.ts';
import { ownBundle } from '../../programs.ts';
import { currentBundle, type Installed, removeVersion, switchTo } from '../../upgrade/versions.ts';
import { CliError, EXIT } from '../exit.ts';
import { askStatus } from './asking.ts';

const run = promisify(execFile);
const ONLINE_WITHIN = '30s';
/** Of a runner that had no link before. */
const RUNS_WITHIN = '5s';

/**
 * Makes that version the current one and restarts the runner with it, if one runs. One that was online has to be so again
 * within 30 s; for one without a link, which no version can give it, it is enough that it runs. Resolves with the version
 * that then runs, undefined when none does. Throws a CliError after everything was put back.
 */
export async function changeVersion(
  home: Home,
  { installed, version }: { installed: Installed; version: string },
): Promise<string | undefined> {
  const runs = (await findHolder(home)) !== undefined;
  const wasOnline = runs && (await linkOf(home)) === 'online';
  const before = await switchTo(home.path, installed.folder);
  if (!runs) return undefined;
  const problem = await restart(home, wasOnline ? ONLINE_WITHIN : RUNS_WITHIN);
  if (problem === undefined || (problem.code === 'runner_offline' && !wasOnline)) return runningVersion(home);
  await switchTo(home.path, before);
  const stillDown = await restart(home, ONLINE_WITHIN);
  await removeVersion(installed.folder);
  const after = stillDown === undefined ? '' : ` The version before is put back, and says: ${stillDown.message}`;
  throw upgradeFailed(`The runner did not get online with ${version}: ${problem.message}${after}`);
}

export function upgradeFailed(message: string): CliError {
  return new CliError(EXIT.failed, {
    code: 'upgrade_failed',
    message,
    hint: 'Nothing was changed: the version before is in use.',
  });
}

/** The line of what a program said that is for people. */
export function saidBy(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const lines = stderr.split('\n');
  const line = lines.find((it) => /error\b/i.test(it) && !it.startsWith('throw')) ?? lines[0];
  return stderr === '' ? String(error) : (line ?? '');
}

const linkOf = async (home: Home): Promise<string | undefined> =>
  (await askStatus(home).catch(() => undefined))?.link.state;

const runningVersion = async (home: Home): Promise<string | undefined> =>
  (await askStatus(home).catch(() => undefined))?.version;

const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** By the current bundle's own command, so that it starts itself. Resolves with why it is not online, if it is not. */
async function restart(home: Home, within: string): Promise<{ code: string; message: string } | undefined> {
  const words = ['runner', 'restart', '--force', '--json', '--home', home.path, '--timeout', within];
  try {
    await run(process.execPath, [currentBundle(home.path) ?? ownBundle(), ...words]);
    return undefined;
  } catch (error) {
    const last = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
    try {
      return Refusal.parse(JSON.parse(last ?? '')).error;
    } catch {
      return { code: 'failed', message: saidBy(error) };
    }
  }
}
