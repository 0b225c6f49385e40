/** The relay as this program sees it: a bundle beside this one, loaded only by commands that start it. */
import { existsSync } from 'node:fs';

/** What startRelay takes; absent fields have the relay's own defaults. */
export interface RelaySettings {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly dataDir: string;
  readonly redisUrl?: string | undefined;
  readonly volatile?: boolean | undefined;
  readonly acceptNewStore?: boolean | undefined;
  readonly publicUrl?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly logFile?: string | undefined;
}

export interface Relay {
  /** Where programs of this machine reach it. */
  readonly url: string;
  /** Where everybody else does. */
  readonly publicUrl: string;
  readonly port: number;
  readonly relayId: string;
  /** What whoever starts it should know: a store that was damaged, with what is lost. */
  readonly warning: string | undefined;
  /** A key of this machine's user. */
  localKey(): string;
  createSignInCode(): Promise<string>;
  joinToken(): Promise<string>;
  close(): Promise<void>;
}

export interface RestoreOptions {
  readonly from: string;
  readonly dataDir: string;
  /** An earlier store is moved aside instead of refused. */
  readonly replace: boolean;
}

export interface Restored {
  /** Where an earlier store was moved to. */
  readonly replaced: string | undefined;
}

interface RelayBundle {
  startRelay(settings: object): Promise<Relay>;
  /** Puts a checked copy of a backup in the place of the embedded store of a data folder. */
  restoreBackup(options: RestoreOptions): Promise<Restored>;
  /** Settings that only the environment has: tree limits and times. */
  readOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): object;
}

/** Resolves when the relay is ready. Rejects with an Error of one line that names the fix. */
export async function startRelay(
  settings: RelaySettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Relay> {
  const bundle = await loadBundle();
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return bundle.startRelay({ ...bundle.readOptions([], env), ...Object.fromEntries(given) });
}

/** Rejects with an Error of one line; then nothing was changed. */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const bundle = await loadBundle();
  return bundle.restoreBackup(options);
}

async function loadBundle(): Promise<RelayBundle> {
  const file = new URL('./relay.mjs', import.meta.url);
  if (!existsSync(file)) throw new Error('The relay is not beside this program: run it from a build (npx pnpm build).');
  return (await import(file.href)) as RelayBundle;
}
