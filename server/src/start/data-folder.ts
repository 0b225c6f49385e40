/** The relay's folder on this machine, for this user only. */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';

/** Rejects with one line that names the fix. */
export async function openDataFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new Error(
      `The data folder ${path} cannot be written (${code}): make it writable, or choose another with --data-dir.`,
      { cause },
    );
  }
}
