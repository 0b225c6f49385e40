/** The relay as this program sees it: a bundle beside this one, loaded only by commands that start it. */
import { existsSync } from 'node:fs';

/** What startRelay takes; absent fields have the relay's own defaults. */
export interface RelaySettings {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly dataDir: string;
  readonly redisUrl?: string | undefined;
  readonly volatile?: boolean | undefined;
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

interface RelayBundle {
  startRelay(settings: object): Promise<Relay>;
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

async function loadBundle(): Promise<RelayBundle> {
  const file = new URL('./relay.mjs', import.meta.url);
  if (!existsSync(file)) throw new Error('The relay is not beside this program: run it from a build (npx pnpm build).');
  return (await import(file.href)) as RelayBundle;
}
