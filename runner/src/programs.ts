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

function lean([program = execPath, ...args]: readonly string[]): readonly string[] {
  return [program, ...LEAN, ...args];
}

function treelineCommand(): readonly string[] {
  const bundle = beside('treeline.mjs');
  return [execPath, existsSync(bundle) ? bundle : (argv[1] ?? bundle)];
}

/** The daemon of the folder that TREELINE_HOME names. */
export const daemonCommand = (): readonly string[] => lean([...treelineCommand(), '_daemon']);

/** The examination of the folder that TREELINE_HOME names. */
export const doctorCommand = (): readonly string[] => [...treelineCommand(), 'doctor', '--json'];

/** A worker; the session's folder follows. */
export function workerCommand(): readonly string[] {
  const bundle = beside('worker.mjs');
  return lean(existsSync(bundle) ? [execPath, bundle] : [...treelineCommand(), '_worker']);
}

/** The supervisor of a runner's folder, in a process of its own. */
export const supervisorCommand = (home: string): readonly string[] =>
  lean([...treelineCommand(), 'runner', 'start', '--foreground', '--home', home]);

/** How a person at this place types `treeline`. */
export function treelineAsTyped(): string {
  return existsSync(beside('../pnpm-workspace.yaml')) ? 'npx pnpm treeline' : 'treeline';
}
