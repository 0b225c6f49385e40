/** Both namespaces, put together. */
import type { Logger } from 'pino';
import type { Server, Socket } from 'socket.io';
import type { Authenticator } from '../auth/authenticator.ts';
import type { RunnerKeys } from '../auth/runner-keys.ts';
import type { InFlight } from '../in-flight.ts';
import type { Hints } from '../ports/hints.ts';
import type { ClientAddress } from '../edge/client-address.ts';
import type { Rates } from '../edge/rates.ts';
import type { Audit } from '../services/audit/audit.ts';
import type { Services } from '../services/services.ts';
import { CredentialWatch } from './credential-watch.ts';
import { guard } from './handshake.ts';
import { RunnerNamespace } from './runners.ts';
import { ViewerNamespace } from './viewers.ts';
import { Watches } from './watches.ts';

export interface SocketsOptions {
  readonly io: Server;
  readonly relayId: string;
  readonly services: Services;
  readonly hints: Hints;
  readonly authenticator: Authenticator;
  readonly runnerKeys: RunnerKeys;
  readonly inFlight: InFlight;
  readonly audit: Audit;
  readonly rates: Rates;
  readonly isDraining: () => boolean;
  readonly clientAddress: ClientAddress;
  readonly log: Logger;
}

export interface Sockets {
  /** Sends runners to another relay, or to this one's successor. */
  drain(): void;
  /** Has every runner say hello anew: the store may have lost what it was told. */
  greetAgain(): void;
  stop(): void;
}

export function openSockets(options: SocketsOptions): Sockets {
  const { io, relayId, services, hints, authenticator, runnerKeys, inFlight, audit, rates, isDraining, log } = options;
  const onError = (error: unknown) => log.warn({ err: error }, 'a look at credentials failed; it comes again');

  const runnerNamespace = io.of('/runner');
  const viewerNamespace = io.of('/viewer');
  const door = { authenticator, audit, rates, isDraining, clientAddress: options.clientAddress };
  guard(runnerNamespace, { ...door, kinds: ['runner'] });
  guard(viewerNamespace, { ...door, kinds: ['person', 'key', 'share'] });

  const watches: Watches = new Watches({
    hints,
    relayId,
    onChange: (ns, session, on) => runners.watch(ns, session, on),
  });
  const viewers = new ViewerNamespace({
    namespace: viewerNamespace,
    services,
    hints,
    inFlight,
    audit,
    rates,
    log,
    onWatch(ns, session, on) {
      watches.set(ns, session, on);
      if (!on) hints.unfollow(ns, session);
    },
  });
  const runners: RunnerNamespace = new RunnerNamespace({
    namespace: runnerNamespace,
    services,
    keys: runnerKeys,
    inFlight,
    audit,
    rates,
    log,
    isWatched: (ns, session) => watches.isWatched(ns, session),
    showDelta: (ns, delta) =>
      viewers.rooms.delta(ns, delta, { everywhere: watches.isWatchedElsewhere(ns, delta.session) }),
    done: (hint) => hints.emit(hint),
  });

  const credentials = [
    new CredentialWatch({ namespace: runnerNamespace, authenticator, cut: (socket) => runners.cut(socket), onError }),
    new CredentialWatch({
      namespace: viewerNamespace,
      authenticator,
      cut: (socket: Socket) => void socket.disconnect(true),
      onError,
    }),
  ];
  const stopListening = hints.listen((hint) => {
    runners.hint(hint);
    viewers.hint(hint);
    for (const watch of credentials) watch.hint(hint);
  });

  return {
    drain: () => runners.drain('This relay stops; connect again'),
    greetAgain: () => runners.drain('The store was started again; say again what you have'),
    stop() {
      stopListening();
      watches.stop();
      viewers.stop();
      for (const watch of credentials) watch.stop();
    },
  };
}
