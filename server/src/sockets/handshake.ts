/** Who opens a socket: a key in the handshake's auth (never in its URL), or the cookie of a page of our own origin. */
import { TreelineError } from '@treeline/shared';
import type { IncomingMessage } from 'node:http';
import type { ExtendedError, Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import type { Authenticator, Evidence } from '../auth/authenticator.ts';
import { identify, type Call } from '../domain/audit.ts';
import type { Principal, PrincipalKind } from '../domain/principal.ts';
import type { ClientAddress } from '../edge/client-address.ts';
import type { Rates } from '../edge/rates.ts';
import type { Audit } from '../services/audit/audit.ts';
import { asProblem } from './problem.ts';

const Auth = z.object({ key: z.string().max(200).optional() });

export interface HandshakeOptions {
  readonly authenticator: Authenticator;
  readonly audit: Audit;
  readonly rates: Rates;
  /** Kinds that may connect here. */
  readonly kinds: readonly PrincipalKind[];
  readonly isDraining: () => boolean;
  readonly clientAddress: ClientAddress;
}

/** Refuses a connection with a problem in the `data` of its connect_error. */
export function guard(
  namespace: Namespace,
  { authenticator, audit, rates, kinds, isDraining, clientAddress }: HandshakeOptions,
): void {
  namespace.use((socket, next) => {
    void answer(socket, next);
  });

  async function answer(socket: Socket, next: (refusal?: ExtendedError) => void): Promise<void> {
    noteAddress(socket, clientAddress);
    const call: Call = {
      ns: audit.ownNs,
      who: { kind: 'anonymous' },
      from: { over: 'socket', address: addressOf(socket) },
      action: `connect${namespace.name}`,
      named: [],
      told: false,
    };
    const refused = await audit
      .watch(call, { changes: false }, () => admit(socket, call))
      .then(() => undefined, refusal);
    next(refused);
  }

  async function admit(socket: Socket, call: Call): Promise<void> {
    if (isDraining()) throw new TreelineError('unavailable', 'this relay is stopping');
    await rates.countAddress(addressOf(socket));
    const principal = await authenticator.identify(evidenceOf(socket));
    identify(call, principal);
    if (principal === undefined)
      throw new TreelineError('unauthenticated', `${namespace.name} needs a key or a sign-in`);
    if (!kinds.includes(principal.kind))
      throw new TreelineError('forbidden', `${namespace.name} is not for this kind of credential`);
    await rates.countPrincipal(principal);
    if (socket.conn.readyState !== 'open') throw new TreelineError('unavailable', 'the connection has closed');
    socket.conn.once('close', rates.takeSocket(principal));
    socket.data = { principal };
    forgetRequest(socket);
  }
}

export function principalOf(socket: Socket): Principal {
  return (socket.data as { principal: Principal }).principal;
}

/** By connection, since a further namespace on one finds no request any more. */
const addresses = new WeakMap<Socket['conn'], string>();

function noteAddress(socket: Socket, clientAddress: ClientAddress): void {
  const request = socket.request as IncomingMessage | null;
  const address = addresses.get(socket.conn) ?? (request === null ? socket.handshake.address : clientAddress(request));
  addresses.set(socket.conn, address);
  Object.assign(socket, { handshake: { ...socket.handshake, address } });
}

export function addressOf({ handshake }: Socket): string {
  return handshake.address;
}

function evidenceOf({ handshake, request }: Socket): Evidence {
  const auth = Auth.safeParse(handshake.auth);
  const { cookie, origin, host } = (request as IncomingMessage | null)?.headers ?? {};
  // What follows on a socket may change something, so the page must be ours.
  return { key: auth.success ? auth.data.key : '', cookie, origin, host, address: handshake.address, changes: true };
}

/**
 * The request that opened the connection takes more memory than all the rest of an idle viewer, and holds its cookie. A
 * further namespace on the same connection needs a key.
 */
function forgetRequest(socket: Socket): void {
  Object.assign(socket.conn, { request: null });
  Object.assign(socket, { handshake: { ...socket.handshake, headers: {}, auth: {} } });
}

function refusal(thrown: unknown): ExtendedError {
  const problem = asProblem(thrown);
  return Object.assign(new Error(problem.message), { data: problem });
}
