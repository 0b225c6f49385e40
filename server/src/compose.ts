/**
 * Puts the relay together over a store that is open: services, HTTP and sockets on a port that is bound. Loaded while the
 * store is being opened, since it is most of what a relay has to load.
 */
import type { Logger } from 'pino';
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
import type { RelayConfig } from './config.ts';
import { clientAddress } from './edge/client-address.ts';
import { hostRules, isKnownHost } from './edge/hosts.ts';
import { Rates } from './edge/rates.ts';
import { createApp } from './http/app.ts';
import { httpHandlers } from './http/handlers.ts';
import { InFlight } from './in-flight.ts';
import { systemClock } from './ports/clock.ts';
import type { Relay } from './relay.ts';
import { Audit } from './services/audit/audit.ts';
import { keepTrimmed } from './services/audit/retention.ts';
import { createServices } from './services/create.ts';
import { keepLogsTrimmed } from './services/log-retention.ts';
import { createSocketServer } from './sockets/server.ts';
import { openSockets } from './sockets/sockets.ts';
import type { Addresses } from './start/addresses.ts';
import { backupOf } from './start/backup.ts';
import type { Bound } from './start/bind.ts';
import type { Closing } from './start/closing.ts';
import { writeLocalAccess } from './start/local-access.ts';
import { recoveredText, type OpenedStore } from './start/open-store.ts';
import type { Restarts } from './start/restarts.ts';
import { storeBirth } from './start/store-birth.ts';

const DAY_MS = 24 * 3600_000;
const FINISH_WITHIN_MS = 5_000;
/** After a restart of the store, sessions that were made again by then have their inboxes compared too. */
const GREET_AGAIN_MS = 8_000;

export interface ComposeOptions {
  readonly config: RelayConfig;
  readonly log: Logger;
  readonly bound: Bound;
  readonly addresses: Addresses;
  readonly opened: OpenedStore;
  /** Of the store. */
  readonly restarts: Restarts;
  readonly passwords?: Passwords | undefined;
  /** What is opened here is closed there. */
  readonly closing: Closing;
}

/** Resolves when the relay is ready. */
export async function compose(options: ComposeOptions): Promise<Relay> {
  const { config, log, bound, opened, restarts, closing, passwords = new Passwords() } = options;
  const { publicUrl, localUrl, origins } = options.addresses;
  const { store, shared } = opened;
  const relayId = newId('relay');
  const now = () => systemClock.now();
  const inFlight = new InFlight();
  let draining = false;
  const isDraining = () => draining;
  const hosts = hostRules([...origins], config.allowedHosts);
  const rates = new Rates(config.edge);
  const originRules = { allowed: new Set(origins) };

  const storeBornAt = await storeBirth(store, now);
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
    passwords,
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
    isDisabled: (id) => access.isDisabled(id),
    config: {
      relayId,
      publicUrl: () => publicUrl,
      rules: { tree: config.treeLimits, times: config.times },
      presence: config.times,
      heartbeatMs: config.times.heartbeatMs,
      storeBornAt,
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
  const address = clientAddress(config.trustProxy);
  bound.serve(createApp({ ...door, config, secure, handlers, hosts, store, relayId }));
  const sockets = openSockets({
    ...door,
    clientAddress: address,
    runnerKeys: access.runnerKeys,
    io,
    relayId,
    services,
    hints,
  });
  io.attach(bound.server);
  let again: NodeJS.Timeout | undefined;
  restarts.listen(() => {
    services.storeRestarted();
    sockets.greetAgain();
    clearTimeout(again);
    again = setTimeout(() => sockets.greetAgain(), GREET_AGAIN_MS).unref();
  });
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

async function joinCluster(options: ClusterHintsOptions, closing: Closing): Promise<ClusterHints> {
  const { clusterHints } = await import('./adapters/hints/cluster.ts');
  const hints = await clusterHints(options);
  closing.add('hints', () => hints.close());
  return hints;
}
