/** Namespace /runner: the links of runners' daemons. */
import {
  RunnerToRelay,
  TreelineError,
  failpoint,
  type Handlers,
  type Payload,
  type RunnerId,
  type SessionId,
} from '@treeline/shared';
import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import type { RunnerKeys } from '../auth/runner-keys.ts';
import { RUNNER_ACTIONS } from '../domain/authorization/table.ts';
import type { Call } from '../domain/audit.ts';
import type { Principal } from '../domain/principal.ts';
import type { InFlight } from '../in-flight.ts';
import type { Hint } from '../ports/hints.ts';
import type { Rates } from '../edge/rates.ts';
import type { Audit } from '../services/audit/audit.ts';
import type { Link, Services } from '../services/services.ts';
import { addressOf, principalOf } from './handshake.ts';
import { RunnerLink, type Goodbye } from './runner-link.ts';
import { levelOf, serve } from './serve.ts';

type Delta = Payload<(typeof RunnerToRelay)['delta']>;

export interface RunnerNamespaceOptions {
  readonly namespace: Namespace;
  readonly services: Services;
  readonly keys: RunnerKeys;
  readonly inFlight: InFlight;
  readonly audit: Audit;
  readonly rates: Rates;
  readonly log: Logger;
  readonly isWatched: (ns: string, session: SessionId) => boolean;
  /** Tells every relay how an order ended. */
  readonly done: (hint: Hint) => void;
  /** Takes unfinished output to whoever watches the session. */
  readonly showDelta: (ns: string, delta: Delta) => void;
}

/** One event of one connection. */
interface Doing {
  readonly connection: Connection;
  readonly call: Call;
}

interface Connection {
  readonly socket: Socket;
  readonly principal: Principal & { kind: 'runner' };
  /** Between hello and the end. */
  open: RunnerLink | undefined;
  greeted: boolean;
}

export class RunnerNamespace {
  readonly #options: RunnerNamespaceOptions;
  readonly #links = new Set<RunnerLink>();

  constructor(options: RunnerNamespaceOptions) {
    this.#options = options;
    options.namespace.on('connection', (socket: Socket) => this.#connected(socket));
  }

  hint(hint: Hint): void {
    switch (hint.type) {
      case 'assigned':
        return this.#of(hint.ns, hint.runnerId, (link) => link.assigned(hint.session));
      case 'inbox':
        return this.#of(hint.ns, hint.runnerId, (link) => link.inbox(hint.session, hint.entries));
      case 'superseded':
        return this.#of(hint.ns, hint.runnerId, (link) => {
          if (link.link.fence < hint.fence)
            link.dismiss({ code: 'superseded', message: 'Another daemon has connected with this runner identity' });
        });
      case 'order':
        return this.#of(hint.ns, hint.runnerId, (link) => void this.#order(link, hint));
      case 'lapsed':
        for (const link of this.#links) link.lookAgain();
        return;
      default:
    }
  }

  watch(ns: string, session: SessionId, on: boolean): void {
    for (const link of this.#links) if (link.link.ns === ns) link.watch(session, on);
  }

  /** Ends a connection whose key works no longer. */
  cut(socket: Socket): void {
    dismiss(socket, { code: 'revoked', message: 'The key of this runner was revoked or has expired' });
  }

  /** Sends every runner away, to come again at once. */
  drain(message: string): void {
    for (const link of this.#links) link.dismiss({ code: 'draining', message });
  }

  async #order(link: RunnerLink, { ns, orderId, order }: Hint & { type: 'order' }): Promise<void> {
    const { done } = this.#options;
    try {
      done({ ns, type: 'order_done', orderId, outcome: { ok: true, value: await link.order(order) } });
    } catch (error) {
      const problem =
        error instanceof TreelineError ? error : new TreelineError('internal', 'The order failed', { cause: error });
      if (problem.code === 'internal') this.#report(error, link.link.runnerId);
      done({ ns, type: 'order_done', orderId, outcome: { ok: false, error: problem.toProblem() } });
    }
  }

  #of(ns: string, runnerId: RunnerId, act: (link: RunnerLink) => void): void {
    for (const link of this.#links) if (link.link.ns === ns && link.link.runnerId === runnerId) act(link);
  }

  #connected(socket: Socket): void {
    const principal = principalOf(socket);
    if (principal.kind !== 'runner') return void socket.disconnect(true);
    const connection: Connection = { socket, principal, open: undefined, greeted: false };
    const { inFlight, audit, rates, log } = this.#options;
    serve(socket, {
      events: RunnerToRelay,
      rows: RUNNER_ACTIONS,
      handlers: this.#handlers,
      context: (call) => ({ connection, call }),
      principal,
      inFlight,
      audit,
      rates,
      address: addressOf(socket),
      report: (error, event) =>
        log[levelOf(error)]({ err: error.cause ?? error, event, runner: principal.runnerId }, error.message),
    });
    socket.on('disconnect', () => {
      void inFlight
        .run(() => this.#ended(connection, false))
        .catch((error: unknown) => this.#report(error, principal.runnerId));
    });
  }

  readonly #handlers: Handlers<typeof RunnerToRelay, Doing> = {
    hello: async ({ connection }, hello) => {
      if (connection.greeted)
        throw new TreelineError('bad_request', 'hello comes once, as the first event of a connection');
      connection.greeted = true;
      try {
        return await this.#hello(connection, hello);
      } catch (error) {
        connection.greeted = false;
        throw error;
      }
    },
    claim: async ({ connection, call }, { fence, sessions: claims }) => {
      const sessions = await linkOf(connection, fence).claim(claims, call);
      for (const { id, verdict } of sessions) if (verdict === 'not_yours') await this.#refused(call, id);
      return { sessions };
    },
    log: async ({ connection, call }, { fence, frames }) => {
      const sessions = await linkOf(connection, fence).logs.add(frames);
      for (const { session, verdict } of sessions) if (verdict === 'not_yours') await this.#refused(call, session);
      FAILPOINT: failpoint('relay.log.taken');
      return { sessions };
    },
    delta: ({ connection }, delta) => {
      const { link } = linkOf(connection);
      if (linkOf(connection).holds(delta.session)) this.#options.showDelta(link.ns, delta);
    },
    heartbeat: async ({ connection }, heartbeat) => {
      const open = linkOf(connection, heartbeat.fence);
      await this.#options.services.runners.heartbeat(open.link, heartbeat);
      open.lookAgain();
      return { time: Date.now() };
    },
    renew_key: async ({ connection, call }, { fence }) => {
      linkOf(connection, fence);
      return this.#options.keys.renew({ ...connection.principal, call });
    },
    list_children: async ({ connection }, { fence, session }) => ({
      children: await this.#options.services.runners.childrenOf(linkOf(connection, fence).link, session),
    }),
    list_runners: async ({ connection }, { fence, session }) => ({
      runners: await this.#options.services.runners.listForSession(linkOf(connection, fence).link, session),
    }),
    bye: async ({ connection }, { fence }) => {
      linkOf(connection, fence);
      await this.#ended(connection, true);
      return {};
    },
  };

  /** A runner learns of it in the acknowledgement, since the frames of its other sessions were taken. */
  async #refused(call: Call, session: SessionId): Promise<void> {
    const refusal = new TreelineError('not_yours', `${session} is not on this runner`);
    await this.#options.audit.refused({ ...call, named: [session], told: false }, refusal);
  }

  async #hello(connection: Connection, hello: Payload<(typeof RunnerToRelay)['hello']>) {
    const { services, keys, isWatched } = this.#options;
    const { socket, principal } = connection;
    const welcome = await services.runners.hello(principal, hello);
    // It is in, so that it needs the key before no longer.
    await keys.used(principal);
    const renewKeyAt = await keys.renewAt(principal.keyId);
    const link: Link = { ns: principal.ns, runnerId: principal.runnerId, fence: welcome.fence };
    if (!socket.connected) {
      await services.runners.disconnected(link, false);
      return welcome;
    }
    const open = new RunnerLink({
      socket,
      link,
      services,
      isWatched: (session) => isWatched(link.ns, session),
      lost: welcome.sessions.flatMap(({ id, verdict }) => (verdict === 'lost' ? [id] : [])),
      onError: (error) => this.#report(error, link.runnerId),
    });
    connection.open = open;
    this.#links.add(open);
    // The welcome goes first: it is sent when this promise has settled, well before the next turn of the event loop.
    setImmediate(() => open.start(hello, welcome));
    return renewKeyAt === undefined ? welcome : { ...welcome, renewKeyAt };
  }

  async #ended(connection: Connection, onPurpose: boolean): Promise<void> {
    const { open } = connection;
    if (open === undefined) return;
    connection.open = undefined;
    this.#links.delete(open);
    open.end();
    await this.#options.services.runners.disconnected(open.link, onPurpose);
  }

  #report(error: unknown, runner: RunnerId): void {
    this.#options.log.warn({ err: error, runner }, error instanceof Error ? error.message : String(error));
  }
}

/** The open link; with a fence, only if the event was meant for this very link. */
function linkOf(connection: Connection, fence?: number): RunnerLink {
  const { open } = connection;
  if (open === undefined) throw new TreelineError('bad_request', 'the first event of a connection is hello');
  if (fence !== undefined && fence !== open.link.fence) {
    throw new TreelineError('stale_fence', `this link has fence ${open.link.fence}, the event has ${fence}`);
  }
  return open;
}

function dismiss(socket: Socket, reason: Goodbye): void {
  socket.emit('goodbye', reason);
  socket.disconnect(true);
}
