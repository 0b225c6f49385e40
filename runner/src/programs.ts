/** How this program starts its own processes: by the absolute path of the bundle that runs, never by a name on the PATH. */
import { existsSync } from 'node:fs';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const beside = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/**
 * What runs for weeks keeps a small young generation: after a burst it is back at 67 MB instead of 116, for 6 % of CPU in
 * the burst. The optimizing compiler comes in only where code is hot for long: its first use alone takes 5 MB.
 */
const LEAN = ['--max-semi-space-size=2', '--optimize-for-size', '--interrupt-budget=4000000'] as const;

const lean = (bundle: string, ...args: readonly string[]): readonly string[] => [execPath, ...LEAN, bundle, ...args];

/** The absolute path of the program that runs. */
export function ownBundle(): string {
  const bundle = beside('treeline.mjs');
  return existsSync(bundle) ? bundle : (argv[1] ?? bundle);
}

/** The daemon of the folder that TREELINE_HOME names. */
export const daemonCommand = (): readonly string[] => lean(ownBundle(), '_daemon');

/** The examination of the folder that TREELINE_HOME names. */
export const doctorCommand = (): readonly string[] => [execPath, ownBundle(), 'doctor', '--json'];

/** A worker; the session's folder follows. */
export function workerCommand(): readonly string[] {
  const bundle = beside('worker.mjs');
  return existsSync(bundle) ? lean(bundle) : lean(ownBundle(), '_worker');
}

/** The supervisor of a runner's folder, in a process of its own, by the bundle that is given. */
export const supervisorCommand = ({ home, bundle }: { home: string; bundle: string }): readonly string[] =>
  lean(bundle, 'runner', 'start', '--foreground', '--home', home);

/** How a person at this place types `treeline`. */
export function treelineAsTyped(): string {
  return existsSync(beside('../pnpm-workspace.yaml')) ? 'npx pnpm treeline' : 'treeline';
}
