/**
 * Serves the declared events of one socket. Each packet is bounded, parsed, authorized by the table and handled, and its
 * acknowledgement is `{ok: true, value}` or `{ok: false, error}`. Nothing a client sends throws out of here.
 */
import { parseInput, TreelineError, type Ack, type EventMap, type EventSpec, type Handlers } from '@treeline/shared';
import type { Socket } from 'socket.io';
import { idsIn, whoOf, type Call } from '../domain/audit.ts';
import { authorize } from '../domain/authorization/decide.ts';
import type { Row } from '../domain/authorization/row.ts';
import type { Principal } from '../domain/principal.ts';
import type { InFlight } from '../in-flight.ts';
import type { Rates } from '../edge/rates.ts';
import type { Audit } from '../services/audit/audit.ts';
import { isPlainJson } from './plain-json.ts';

export interface ServeOptions<M extends EventMap, Context> {
  readonly events: M;
  readonly rows: Readonly<Record<keyof M, Row>>;
  readonly handlers: Handlers<M, Context>;
  /** What the handler of one event gets, with the call to commit under. */
  readonly context: (call: Call) => Context;
  readonly principal: Principal;
  readonly inFlight: InFlight;
  readonly audit: Audit;
  readonly rates: Rates;
  /** Where the socket comes from. */
  readonly address: string;
  /** Hears of errors that are the relay's own fault, and of packets that could not be decoded. */
  readonly report: (error: TreelineError, event: string) => void;
}

/** Events that change something by themselves; what else runners send is told by the facts in it. */
const CHANGING: ReadonlySet<string> = new Set(['trigger_response', 'renew_key']);

/** They have a bound of their own: what waits to be stored, and what may be dropped. */
const UNCOUNTED: ReadonlySet<string> = new Set(['log', 'delta']);

type AnyHandler = (context: unknown, payload: unknown) => unknown;
type Reply = (ack: Ack<unknown>) => void;

/** What clients do wrong is no news of the relay: any of them could fill its log. */
export function levelOf({ status }: TreelineError): 'error' | 'debug' {
  return status >= 500 ? 'error' : 'debug';
}

export function serve<M extends EventMap, Context>(socket: Socket, options: ServeOptions<M, Context>): void {
  const { events, rows, handlers, context, principal, inFlight, audit, rates, address, report } = options;

  async function handle(event: string, payload: unknown): Promise<unknown> {
    if (!Object.hasOwn(events, event))
      throw new TreelineError('bad_request', `there is no event ${event.slice(0, 100)} here`);
    const call: Call = {
      ns: principal.ns,
      who: whoOf(principal),
      from: { over: 'socket', address },
      action: event,
      named: [],
      told: false,
    };
    return audit.watch(call, { changes: CHANGING.has(event) }, async () => {
      if (!UNCOUNTED.has(event)) await rates.countPrincipal(principal);
      return act(event, { payload, call });
    });
  }

  async function act(event: string, { payload, call }: { payload: unknown; call: Call }): Promise<unknown> {
    const spec: EventSpec = events[event] as EventSpec;
    authorize(rows[event] as Row, principal, event);
    if (!isPlainJson(payload)) throw new TreelineError('bad_request', `${event} carries JSON only, no binary parts`);
    const input = parseInput(spec.payload, payload ?? {}, event);
    call.named = idsIn(input);
    return (handlers[event] as AnyHandler)(context(call), input);
  }

  async function answer(packet: readonly unknown[]): Promise<void> {
    const [event, payload] = packet;
    const last = packet.at(-1);
    const reply = typeof last === 'function' ? (last as Reply) : undefined;
    try {
      const value = await inFlight.run(() =>
        handle(String(event), payload === last && reply !== undefined ? undefined : payload),
      );
      reply?.({ ok: true, value: value ?? {} });
    } catch (thrown) {
      const error =
        thrown instanceof TreelineError
          ? thrown
          : new TreelineError('internal', 'Something went wrong in the relay', { cause: thrown });
      if (error.status >= 500) report(error, String(event));
      reply?.({ ok: false, error: error.toProblem() });
    }
  }

  // A middleware sees every packet, whatever its name; since it never passes one on, no listener can be hit by
  // names such as `error` that an emitter treats as its own.
  socket.use((packet) => {
    answer(packet).catch((cause: unknown) =>
      report(new TreelineError('internal', 'An acknowledgement could not be sent', { cause }), String(packet[0])),
    );
  });
  // A packet that cannot be decoded ends the connection; the client comes again.
  socket.on('error', (cause) =>
    report(new TreelineError('bad_request', 'A packet could not be decoded', { cause }), 'packet'),
  );
}
