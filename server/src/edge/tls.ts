/** TLS by certificate files, read again when they change: a renewed certificate needs no restart. */
import { watchFile, unwatchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 2_000;
/** A renewal writes two files one after the other. */
const SETTLE_MS = 500;

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Rejects with one line that names the fix. */
export async function readTls({ cert, key }: TlsFiles): Promise<SecureContextOptions> {
  try {
    const options = { cert: await readFile(cert), key: await readFile(key), minVersion: 'TLSv1.2' } as const;
    createSecureContext(options);
    return options;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The certificate ${cert} with the key ${key} cannot be used (${why}): give PEM files that belong together ` +
        'with --tls-cert and --tls-key.',
      { cause },
    );
  }
}

/** Calls `use` with what the files hold whenever they have changed to something usable, `onError` otherwise. */
export function watchTls(
  files: TlsFiles,
  { use, onError }: { use: (options: SecureContextOptions) => void; onError: (error: unknown) => void },
): { stop(): void } {
  let reading: Promise<void> | undefined;
  const look = () => {
    reading ??= sleep(SETTLE_MS, undefined, { ref: false })
      .then(() => readTls(files))
      .then(use)
      .catch(onError)
      .finally(() => {
        reading = undefined;
      });
  };
  for (const file of Object.values(files) as string[])
    watchFile(file, { persistent: false, interval: LOOK_EVERY_MS }, (now, before) => {
      if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) look();
    });
  return {
    stop() {
      for (const file of Object.values(files) as string[]) unwatchFile(file);
    },
  };
}
