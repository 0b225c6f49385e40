/** Nothing that an agent left in its home may lead what is laid over it to somewhere else. */
import { lstat, unlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isMissing } from '../process/files.ts';
import { isWithin } from './mounts.ts';

export interface LinksWish {
  /** The folder that agents write to; none does now. */
  readonly folder: string;
  /** The path at which they see it. */
  readonly shownAt: string;
  /** What is laid over it. */
  readonly paths: readonly string[];
}

/** Removes symbolic links on the way to each path, as far as that leads through the folder. */
export async function clearLinks({ folder, shownAt, paths }: LinksWish): Promise<void> {
  for (const path of paths) {
    if (path === shownAt || !isWithin(shownAt, path)) continue;
    for (const step of stepsTo(join(folder, relative(shownAt, path)), folder)) await removeLink(step);
  }
}

/** Every folder from below `top` down to the path itself. */
function stepsTo(path: string, top: string): string[] {
  return path === top ? [] : [...stepsTo(dirname(path), top), path];
}

async function removeLink(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isSymbolicLink()) await unlink(path);
  } catch (error) {
    if (!isMissing(error) && !(error instanceof Error && 'code' in error && error.code === 'ENOTDIR')) throw error;
  }
}
