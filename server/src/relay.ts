/** Starts the relay: what can go wrong on this machine first, the port, the folder and the store; then all that stands on them. */
import type { Passwords } from './auth/passwords.ts';
import { relayConfig, type RelayConfig, type RelayOptions } from './config.ts';
import { readTls, watchTls, type TlsFiles } from './edge/tls.ts';
import { openLog } from './log.ts';
import { addressesOf } from './start/addresses.ts';
import { bind } from './start/bind.ts';
import { Closing } from './start/closing.ts';
import { openDataFolder } from './start/data-folder.ts';
import { openStore } from './start/open-store.ts';
import { Restarts } from './start/restarts.ts';

export interface Relay {
  /** Where programs on this machine reach it. */
  readonly url: string;
  /** Where everybody else does. */
  readonly publicUrl: string;
  readonly port: number;
  readonly relayId: string;
  /** What whoever starts it should know, as one sentence: a store that was damaged, with what is lost. */
  readonly warning: string | undefined;
  /** A user key for this machine's user; also in local.json of the data folder. */
  localKey(): string;
  /** A one-time code such as 7QK2-9FXM for the first browser. */
  createSignInCode(): Promise<string>;
  /** A single-use token for one runner. */
  joinToken(): Promise<string>;
  /** Drains: no new work, what is under way is finished, the store is closed. */
  close(): Promise<void>;
}

export interface RelayParts {
  /** Replaces the choice of a store by configuration. */
  readonly openStore: typeof openStore;
  readonly passwords?: Passwords;
}

/** Resolves when the relay is ready; rejects with an Error of one line that names the fix. */
export async function startRelay(options: RelayOptions = {}, parts: RelayParts = { openStore }): Promise<Relay> {
  const config = relayConfig(options);
  const closing = new Closing();
  try {
    return await start(config, parts, closing);
  } catch (error) {
    // What hindered the start is what the operator needs to read; closing what had begun may fail for the same reason.
    await closing.close().catch(() => undefined);
    throw error;
  }
}

async function start(config: RelayConfig, parts: RelayParts, closing: Closing): Promise<Relay> {
  await openDataFolder(config.dataDir);
  const { log, ...logFile } = openLog(config);
  closing.add('log', () => logFile.close());
  const files = tlsFiles(config);
  const tls = files === undefined ? undefined : await readTls(files);
  const { edge } = config;
  const limits = { maxConnections: edge.maxConnections, maxPerAddress: edge.maxConnectionsOfAddress };
  const bound = await bind({ ...config, limits, tls });
  closing.add('port', () => bound.close());
  if (files !== undefined) {
    const onTlsError = (error: unknown) => log.error({ err: error }, 'the changed certificate is not used');
    const watching = watchTls(files, { use: (renewed) => bound.renew(renewed), onError: onTlsError });
    closing.add('certificate', () => watching.stop());
  }
  const addresses = addressesOf({ ...config, isTls: tls !== undefined, port: bound.port });
  const restarts = new Restarts();
  const opening = parts.openStore(config, log, () => restarts.happened());
  const [opened, { compose }] = await Promise.all([opening, import('./compose.ts')]);
  closing.add('store', () => opened.store.close());
  return compose({ config, log, bound, addresses, opened, restarts, passwords: parts.passwords, closing });
}

/** The configuration has both or none. */
function tlsFiles({ tlsCert: cert, tlsKey: key }: RelayConfig): TlsFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}
