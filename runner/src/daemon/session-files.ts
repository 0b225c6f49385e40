/** Making and reading the folder of a session, as far as the daemon writes it. `spec.json` comes last: with it the session exists. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { SessionId } from '@treeline/shared';
import type { Home } from '../home/home.ts';
import { isMissing, readJson, readText, writeJson, writePrivate } from '../process/files.ts';
import { SessionFile, sessionPaths, type SessionPaths } from '../process/session-folder.ts';

/** Makes the folder; when this resolves the session is on the disk. */
export async function createSessionFolder(
  home: Home,
  file: SessionFile,
): Promise<{ paths: SessionPaths; secret: string }> {
  const paths = pathsOf(home, file.assignment.id);
  await mkdir(paths.agent, { recursive: true, mode: 0o700 });
  const secret = randomBytes(32).toString('base64url');
  await writePrivate(paths.secret, secret);
  await writeSpec(paths, file);
  await syncFolder(home.sessions);
  return { paths, secret };
}

/** Replaces the spec durably: for a new attempt. */
export async function writeSpec(paths: SessionPaths, file: SessionFile): Promise<void> {
  await writeJson(paths.spec, file);
  await syncFolder(paths.folder);
}

export function pathsOf(home: Home, id: SessionId): SessionPaths {
  return sessionPaths(join(home.sessions, id));
}

export interface FoundFolder {
  readonly id: SessionId;
  readonly paths: SessionPaths;
  /** Undefined: the folder was never finished, or is damaged; `problem` says how. */
  readonly spec: SessionFile | undefined;
  readonly secret: string;
  readonly problem?: string | undefined;
}

/** Every session folder of this runner. Other things in sessions/ are left alone. */
export async function findSessionFolders(home: Home): Promise<FoundFolder[]> {
  const ids = (await readdir(home.sessions)).map((name) => SessionId.safeParse(name)).filter((id) => id.success);
  return Promise.all(ids.map(({ data }) => readSessionFolder(home, data)));
}

async function readSessionFolder(home: Home, id: SessionId): Promise<FoundFolder> {
  const paths = pathsOf(home, id);
  const spec = await readJson(paths.spec, SessionFile);
  const secret = (await readText(paths.secret))?.trim() ?? '';
  if (spec.found && spec.value.assignment.id === id && secret !== '') return { id, paths, spec: spec.value, secret };
  const problem = spec.found ? 'its spec or its secret is not its own' : (spec.reason ?? 'it has no spec.json');
  return { id, paths, spec: undefined, secret, problem };
}

/** Moves a session's folder to aside/, where nothing but a person touches it. Returns where it is now. */
export async function setAside(home: Home, id: SessionId): Promise<string | undefined> {
  await mkdir(home.aside, { recursive: true, mode: 0o700 });
  const target = join(home.aside, `${id}.${Date.now()}`);
  try {
    await rename(pathsOf(home, id).folder, target);
    return target;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
