/** Programs on the PATH and their versions, without a shell. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const VERSION_MS = 3_000;
/** How far above a program its package may be. */
const PACKAGE_LEVELS = 5;
const run = promisify(execFile);

/** The first executable file of this name on the PATH; a name with a slash stands for itself. */
export async function findProgram(name: string, path: string | undefined): Promise<string | undefined> {
  const places = name.includes('/') ? [resolve(name)] : folders(path).map((folder) => join(folder, name));
  for (const place of places) {
    if (await isExecutable(place)) return place;
  }
  return undefined;
}

function folders(path: string | undefined): string[] {
  return (path ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
}

async function isExecutable(place: string): Promise<boolean> {
  try {
    await access(place, constants.X_OK);
    return (await stat(place)).isFile();
  } catch {
    return false; // Not there, or not for us.
  }
}

const known = new Map<string, Promise<string | undefined>>();

export interface VersionOptions {
  readonly program: string;
  /** Whether the program may be run with `--version`, when its package does not say. */
  readonly mayRun: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** From the package that the program is part of, else from the program. Remembered while its file is the same. */
export async function programVersion(options: VersionOptions): Promise<string | undefined> {
  const file = await realpath(options.program);
  const { mtimeMs, size } = await stat(file);
  const key = JSON.stringify([file, mtimeMs, size, options.mayRun]);
  const version = known.get(key) ?? findVersion(file, options);
  known.set(key, version);
  return version;
}

async function findVersion(file: string, { program, mayRun, env }: VersionOptions): Promise<string | undefined> {
  return (await packageVersion(file)) ?? (mayRun ? askVersion(program, env) : undefined);
}

const Package = z.looseObject({ name: z.string(), version: z.string() });

/** Of the nearest package.json with a version, if the program lies in node_modules. */
async function packageVersion(file: string): Promise<string | undefined> {
  if (!file.includes('/node_modules/')) return undefined;
  let folder = dirname(file);
  for (let level = 0; level < PACKAGE_LEVELS && !folder.endsWith('/node_modules'); level++) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    const parsed = text === undefined ? undefined : Package.safeParse(parse(text));
    if (parsed?.success === true) return parsed.data.version;
    folder = dirname(folder);
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No package of ours to mend.
  }
}

async function askVersion(program: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, ['--version'], {
      timeout: VERSION_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024,
      env,
    });
    return /\d+\.\d+[\w.+-]*/.exec(stdout)?.[0]?.slice(0, 100);
  } catch {
    return undefined; // It does not say, or takes too long to.
  }
}
