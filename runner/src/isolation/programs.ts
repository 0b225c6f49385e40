/** Where an agent's own program lies, when that is not in the system's folders: below a home, as nvm and npm install them. */
import { realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, sep } from 'node:path';
import { findProgram } from '../agents/programs.ts';
import { isWithin, type Mount } from './mounts.ts';
import { isOfSystem } from './system.ts';

export interface ProgramWish {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Real paths of folders that are never shown for a program's sake, nor what they lie in. */
  readonly secret: readonly string[];
}

/** Variables that name a file or folder which the agent has to read. */
const NAMES_A_FILE = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'] as const;

/**
 * The folders of the PATH; the packages of the program, of the files among its arguments, and of `node`, by which most
 * agents are run; and the certificates that the environment names.
 */
export async function programMounts({ command, env, secret }: ProgramWish): Promise<Mount[]> {
  const [program = ''] = command;
  const path = env['PATH'];
  const files = [
    await findProgram(program, path),
    await findProgram('node', path),
    ...command.slice(1).filter((word) => isAbsolute(word)),
  ];
  const packages = await Promise.all(files.flatMap((file) => file ?? []).map((file) => packageOf(file, secret)));
  const named = NAMES_A_FILE.flatMap((name) => env[name] ?? []);
  const folders = (path ?? '').split(delimiter);
  const wanted = [...folders, ...packages.flat(), ...named].filter((place) => isAbsolute(place));
  const mounts = await Promise.all([...new Set(wanted)].map((place) => mayShow(place, secret)));
  return mounts.flatMap((mount) => mount ?? []);
}

/** The folders in which a file of a program finds the rest of it: as it is named, and where that leads. */
async function packageOf(file: string, secret: readonly string[]): Promise<string[]> {
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isFile()) return [];
  return [...new Set([file, real])].map((place) => {
    const modules = place.indexOf(`${sep}node_modules${sep}`);
    if (modules >= 0) return place.slice(0, modules + `${sep}node_modules`.length);
    const folder = dirname(place);
    return secret.some((it) => isWithin(folder, it)) ? place : folder;
  });
}

async function mayShow(place: string, secret: readonly string[]): Promise<Mount | undefined> {
  const real = await realpath(place).catch(() => undefined);
  if (real === undefined || isOfSystem(real)) return undefined;
  if (secret.some((it) => isWithin(real, it))) return undefined;
  return { as: 'readable', path: place, from: real };
}
