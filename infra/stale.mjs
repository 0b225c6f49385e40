/** Whether outputs are older than what they are made from: one stat a source file, no content read. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SKIPPED = new Set(['node_modules', '.types', 'dist']);

/** A short text that changes when any file below `paths` is added, removed or written. Paths that do not exist count as absent. */
export function signature(root, paths) {
  const hash = createHash('sha1');
  for (const path of paths) add(hash, root, path);
  return hash.digest('hex');
}

/** True when `stamp` was not written for this signature. */
export function isStale(stamp, current) {
  try {
    return readFileSync(stamp, 'utf8') !== current;
  } catch {
    return true;
  }
}

export function markFresh(stamp, current) {
  writeFileSync(stamp, current);
}

function add(hash, root, path) {
  const at = join(root, path);
  const stat = statSync(at, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    hash.update(`${path}\0${stat.mtimeMs}\0${stat.size}\n`);
    return;
  }
  for (const name of readdirSync(at).sort()) {
    if (!SKIPPED.has(name)) add(hash, root, join(path, name));
  }
}
