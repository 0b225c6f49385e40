/** The relay, composed: store, services, HTTP and sockets on one port. The only place that chooses adapters. */
import { newId } from '@treeline/shared';
import type { ClusterHints, ClusterHintsOptions } from './adapters/hints/cluster.ts';
import { localHints } from './adapters/hints/local.ts';
import { openSender } from './adapters/notify/sender.ts';
import { newVapidKeys } from './adapters/notify/vapid.ts';
import { openAccess } from './auth/access.ts';
import { DEFAULT_NAMESPACE, SYSTEM_NAMESPACE } from './auth/credential.ts';
import { isOwnOrigin } from './auth/origin.ts';
import { Passwords } from './auth/passwords.ts';
import { storedSecret } from './auth/stored-secret.ts';
import { relayConfig, type RelayConfig, type RelayOptions } from './config.ts';
import { hostRules, isKnownHost } from './edge/hosts.ts';
import { Rates } from './edge/rates.ts';
import { readTls, watchTls, type TlsFiles } from './edge/tls.ts';
import { createApp } from './http/app.ts';
import { httpHandlers } from './http/handlers.ts';
import { InFlight } from './in-flight.ts';
import { openLog } from './log.ts';
import { systemClock } from './ports/clock.ts';
import { Audit } from './services/audit/audit.ts';
import { keepTrimmed } from './services/audit/retention.ts';
import { createServices } from './services/create.ts';
import { keepLogsTrimmed } from './services/log-retention.ts';
import { createSocketServer } from './sockets/server.ts';
import { openSockets } from './sockets/sockets.ts';
import { addressesOf } from './start/addresses.ts';
import { backupOf } from './start/backup.ts';
import { bind } from './start/bind.ts';
import { Closing } from './start/closing.ts';
import { openDataFolder } from './start/data-folder.ts';
import { writeLocalAccess } from './start/local-access.ts';
import { openStore, recoveredText } from './start/open-store.ts';

const DAY_MS = 24 * 3600_000;
const FINISH_WITHIN_MS = 5_000;
/** After a restart of the store, sessions that were made again by then have their inboxes compared too. */
const GREET_AGAIN_MS = 8_000;

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
  const relayId = newId('relay');
  const now = () => systemClock.now();
  const inFlight = new InFlight();
  let draining = false;
  const isDraining = () => draining;

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
  const { publicUrl, localUrl, origins } = addressesOf({ ...config, isTls: tls !== undefined, port: bound.port });
  const hosts = hostRules([...origins], config.allowedHosts);
  const rates = new Rates(edge);
  const originRules = { allowed: new Set(origins) };

  let isStoreFresh = false;
  let storeRestarted = (): void => void (isStoreFresh = true);
  const { store, shared } = await parts.openStore(config, log, () => storeRestarted());
  closing.add('store', () => store.close());
  const { volatile, recovered } = await store.health();
  const onHintError = (error: unknown) => log.warn({ err: error }, 'a hint was lost');
  const io = createSocketServer(
    ({ headers: { origin, host } }) =>
      isKnownHost(hosts, host) && (origin === undefined || isOwnOrigin(originRules, origin, host)),
  );
  const hints =
    shared === undefined
      ? localHints(onHintError)
      : await joinCluster({ ...shared, io, onError: onHintError }, closing);

  const onUseError = (error: unknown) => log.warn({ err: error }, 'the last use of a key could not be noted');
  const access = await openAccess({
    store,
    hints,
    now,
    config,
    publicUrl,
    origins: originRules,
    passwords: parts.passwords ?? new Passwords(),
    onError: onUseError,
  });
  const { authenticator, keys } = access;
  const sender = openSender({
    vapid: await storedSecret(store, 'push-key', newVapidKeys),
    subject: config.pushSubject ?? (publicUrl.startsWith('https:') ? publicUrl : 'mailto:operator@localhost'),
    publicUrl,
    allowed: config.allowOutbound,
  });
  const onAuditError = (error: unknown) => log.error({ err: error }, 'a line of the audit could not be written');
  const places = (ns: string) => [ns, SYSTEM_NAMESPACE];
  const audit = new Audit({
    store,
    clock: systemClock,
    ownNs: DEFAULT_NAMESPACE,
    places,
    refusalsPerMinute: config.audit.auditRefusalsPerMinute,
    onError: onAuditError,
  });

  const services = createServices({
    store,
    hints,
    clock: systemClock,
    sender,
    isRevoked: (keyId) => access.isRevoked(keyId),
    config: {
      relayId,
      publicUrl: () => publicUrl,
      rules: { tree: config.treeLimits, times: config.times },
      presence: config.times,
      heartbeatMs: config.times.heartbeatMs,
    },
  });

  // Before anybody can find the relay ready.
  const localKey = await writeLocalAccess({ dataDir: config.dataDir, url: localUrl, keys, name: config.ownerName });

  const handlers = httpHandlers({
    services,
    keys,
    access,
    audit,
    relay: {
      id: relayId,
      volatile,
      publicUrl: () => publicUrl,
      backup: backupOf(store, { dataDir: config.dataDir, now }),
    },
  });
  const { secure } = access.cookie;
  const door = { authenticator, inFlight, audit, rates, isDraining, log };
  bound.serve(createApp({ ...door, config, secure, handlers, hosts, store, relayId }));
  const sockets = openSockets({ ...door, runnerKeys: access.runnerKeys, io, relayId, services, hints });
  io.attach(bound.server);
  let again: NodeJS.Timeout | undefined;
  storeRestarted = () => {
    services.storeRestarted();
    sockets.greetAgain();
    clearTimeout(again);
    again = setTimeout(() => sockets.greetAgain(), GREET_AGAIN_MS).unref();
  };
  if (isStoreFresh) storeRestarted();
  const pump = services.startPump((error) => log.warn({ err: error }, 'a timer could not be handled; it comes again'));
  closing.add('pump', () => pump.stop());
  const trimming = keepTrimmed(
    {
      store,
      clock: systemClock,
      places: places(DEFAULT_NAMESPACE).map((ns) => ({ readers: DEFAULT_NAMESPACE, ns })),
      keepMs: config.audit.auditDays * DAY_MS,
      keepLines: config.audit.auditLines,
    },
    onAuditError,
  );
  const { keepLogDays, keepLogEntries: keepEntries } = config.logs;
  const shortening = keepLogsTrimmed(
    { store, clock: systemClock, ns: DEFAULT_NAMESPACE, keepMs: keepLogDays * DAY_MS, keepEntries },
    (error) => log.warn({ err: error }, 'old entries of logs could not be removed; it is tried again'),
  );
  closing.add('work', async () => {
    draining = true;
    sockets.drain();
    await inFlight.settled(FINISH_WITHIN_MS);
    sockets.stop();
    await Promise.all([io.close(), bound.close()]);
    await inFlight.settled(FINISH_WITHIN_MS);
    access.stop();
    audit.stop();
    trimming.stop();
    shortening.stop();
  });

  log.info({ relayId, url: localUrl, publicUrl, volatile }, 'ready');
  return {
    url: localUrl,
    publicUrl,
    port: bound.port,
    relayId,
    warning: recovered === undefined ? undefined : recoveredText(recovered),
    localKey: () => localKey,
    createSignInCode: async () => (await access.people.createOwnerCode()).code,
    joinToken: async () => {
      const expiresAt = now() + config.times.joinTokenMs;
      return (await keys.make({ ns: DEFAULT_NAMESPACE, kind: 'join', name: 'a runner', expiresAt })).secret;
    },
    close: () => closing.close(),
  };
}

/** The configuration has both or none. */
function tlsFiles({ tlsCert: cert, tlsKey: key }: RelayConfig): TlsFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

async function joinCluster(options: ClusterHintsOptions, closing: Closing): Promise<ClusterHints> {
  const { clusterHints } = await import('./adapters/hints/cluster.ts');
  const hints = await clusterHints(options);
  closing.add('hints', () => hints.close());
  return hints;
}
