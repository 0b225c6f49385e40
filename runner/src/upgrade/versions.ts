/**
 * Versions of Treeline below a runner's folder: each installed beside the others, one of them current.
 *
 *   versions/<when>/node_modules/treeline/…    as npm installs it
 *   versions/current → <when>                  switched in one step
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readlink, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { readJson } from '../process/files.ts';
import { npm } from './npm.ts';

const run = promisify(execFile);
const SMOKE_MS = 30_000;

export interface Installed {
  readonly folder: string;
  readonly bundle: string;
}

const versionsOf = (home: string): string => join(home, 'versions');
const bundleIn = (folder: string): string => join(folder, 'node_modules/treeline/dist/treeline.mjs');

/** The bundle to run, by a path that an upgrade changes the meaning of; undefined when none was installed here. */
export function currentBundle(home: string): string | undefined {
  const bundle = bundleIn(join(versionsOf(home), 'current'));
  return existsSync(bundle) ? bundle : undefined;
}

/** The version of that bundle, by what npm installed; undefined when none was installed here. */
export async function currentVersion(home: string): Promise<string | undefined> {
  const described = join(versionsOf(home), 'current/node_modules/treeline/package.json');
  const read = await readJson(described, z.object({ version: z.string() }));
  return read.found && currentBundle(home) !== undefined ? read.value.version : undefined;
}

/**
 * Installs what npm understands (a tarball, a folder, name@version) beside what is there. No script of a package is run.
 * Rejects with npm's own words.
 */
export async function installBeside(
  home: string,
  { what, registry }: { what: string; registry?: string | undefined },
): Promise<Installed> {
  const folder = join(versionsOf(home), `v${Date.now()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const how = ['--omit=dev', '--no-audit', '--no-fund', '--install-links', '--ignore-scripts', '--json'];
    await npm(['install', '--prefix', folder, ...how, what], { registry });
  } catch (cause) {
    await removeVersion(folder);
    throw new Error(`npm could not install ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  return { folder, bundle: bundleIn(folder) };
}

/** Has the new version do something harmless: say its version, and look at a folder in which no runner is. Resolves with the version. */
export async function smokeTest({ bundle }: Installed): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-smoke-'));
  try {
    const { stdout } = await run(process.execPath, [bundle, 'version', '--json'], { timeout: SMOKE_MS });
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(stdout));
    const status = await run(process.execPath, [bundle, 'runner', 'status', '--json', '--home', folder], {
      timeout: SMOKE_MS,
    }).catch((error: unknown) => error);
    if (z.object({ code: z.literal(3) }).safeParse(status).success) return version;
    throw new Error(`its \`runner status\` does not do what it should: ${String(status)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a version the current one. Resolves with the one before it, for the way back. */
export async function switchTo(home: string, folder: string | undefined): Promise<string | undefined> {
  const link = join(versionsOf(home), 'current');
  const before = await readlink(link).catch(() => undefined);
  if (folder === undefined) await rm(link, { force: true });
  else {
    await rm(`${link}.new`, { force: true });
    await symlink(basename(folder), `${link}.new`);
    await rename(`${link}.new`, link);
  }
  return before === undefined ? undefined : join(versionsOf(home), before);
}

export async function removeVersion(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
