/** One input to one event: to a link that has said hello, to one that has not, and to a viewer's. */
import { FactRecord, isShallow, RunnerToRelay, ViewerToRelay, type EventSpec } from '@treeline/shared';
import type { Socket } from 'socket.io-client';
import { z } from 'zod';
import type { Fuzz, Outcome } from './outcome.ts';
import { openSocket } from './runner.ts';
import { parsed } from './values.ts';

type Ack = { ok: boolean; error?: { code: string }; value?: unknown } | undefined;
type Place = 'viewer' | 'runner' | 'stranger';

const EVENTS: readonly { place: Place; name: string; spec: EventSpec }[] = [
  ...Object.entries(ViewerToRelay).map(([name, spec]) => ({ place: 'viewer' as const, name, spec })),
  ...Object.entries(RunnerToRelay).flatMap(([name, spec]) => [
    { place: 'runner' as const, name, spec },
    { place: 'stranger' as const, name, spec },
  ]),
];
/** They end the link that the other inputs need. */
const LEAVING: ReadonlySet<string> = new Set(['bye']);
const NAMES = ['disconnecting', 'error', 'connect', '__proto__', 'constructor', 'no_such_event', ''];
const FactBody = z.array(FactRecord).length(1);
const ANSWER_MS = 20_000;

/** Nested deeper than a stack goes. */
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

/** Sockets of the fuzzer, opened again when the relay has ended them. */
export class Links {
  readonly #fuzz: Fuzz;
  readonly #open = new Map<Place, Socket>();

  constructor(fuzz: Fuzz) {
    this.#fuzz = fuzz;
  }

  async of(place: Place): Promise<Socket> {
    const { runner, relay } = this.#fuzz.target;
    if (place === 'runner') return runner.socket;
    const known = this.#open.get(place);
    if (known?.connected === true) return known;
    const viewer = place === 'viewer';
    const opened = await openSocket(`${relay.url}/${viewer ? 'viewer' : 'runner'}`, viewer ? relay.key : runner.key);
    this.#open.set(place, opened);
    return opened;
  }

  close(): void {
    for (const socket of this.#open.values()) socket.disconnect();
  }
}

export async function tryEvent(fuzz: Fuzz, links: Links, { right }: { right: boolean }): Promise<Outcome> {
  const { random } = fuzz.values;
  const { place, name, spec } = random.pick(EVENTS.filter((event) => !(right && event.place !== 'viewer')));
  // What cannot be decoded ends its connection, so the link that the others need is not the one to say it.
  const unknown = !right && place !== 'runner' && random.chance(0.1);
  const event = unknown ? random.pick(NAMES) : name;
  const payload = right ? fuzz.values.of(spec.payload, 0) : wrongPayload(fuzz, spec, LEAVING.has(name));
  return send({ socket: await links.of(place), event, payload, asks: unknown || spec.reply !== null, place });
}

/** A fact of a live or an ended session that no session would say, in a frame that is right. */
export async function tryFact({ target, values }: Fuzz): Promise<Outcome> {
  const { runner, live, ended } = target;
  const frame = runner.frame(values.random.pick([live, ended]), wrongFact(values));
  const payload = { fence: runner.fence, frames: [frame] };
  const outcome = await send({ socket: runner.socket, event: 'log', payload, asks: true, place: 'runner' });
  // The acknowledgement itself is a success: what it says of the frame is that it was not taken.
  return { ...outcome, taken: outcome.said === 'ok' };
}

function wrongFact(values: Fuzz['values']): string {
  for (;;) {
    const text = values.random.chance(0.4) ? values.hostile() : JSON.stringify(values.of(FactBody, 0.3));
    const value = parsed(text);
    const fits = text.length < 500_000 && (value === undefined || isShallow(value));
    if (fits && !FactBody.safeParse(value).success) return text;
  }
}

function wrongPayload({ values }: Fuzz, { payload: schema }: EventSpec, never: boolean): unknown {
  for (;;) {
    if (!never && values.random.chance(0.05)) return DEEP;
    const value = values.random.chance(0.25) ? shallow(values.hostile()) : values.of(schema, 0.4);
    if (never && (value === null || value === undefined)) continue;
    // Nothing is taken for an empty payload.
    const asSent = parsed(JSON.stringify(value) ?? 'null');
    if (!schema.safeParse(asSent ?? {}).success) return value;
  }
}

/** A value that a client can send; a deep one would not get past its own encoder. */
function shallow(text: string): unknown {
  const value = parsed(text);
  return value === undefined || !isShallow(value) ? '\ud800' : value;
}

interface Packet {
  readonly socket: Socket;
  readonly event: string;
  readonly payload: unknown;
  readonly asks: boolean;
  readonly place: Place;
}

async function send({ socket, event, payload, asks, place }: Packet): Promise<Outcome> {
  const what = `${place} ${event} ${textOf(payload).slice(0, 200)}`;
  if (RESERVED.has(event) || payload === DEEP) {
    // As text: a client's own emitter would not send it.
    const json = payload === DEEP ? `[${JSON.stringify(event)},${DEEP}]` : JSON.stringify([event, {}]);
    socket.io.engine.write(`2/${place === 'viewer' ? 'viewer' : 'runner'},${json}`);
    return { what, said: 'sent', ours: false, taken: false };
  }
  const ack = await new Promise<Ack>((resolve) => {
    if (!asks) socket.emit(event, payload);
    else
      socket
        .timeout(ANSWER_MS)
        .emit(event, payload, (error: unknown, answer: Ack) => resolve(error ? undefined : answer));
    if (!asks) setImmediate(() => resolve(undefined));
    socket.once('disconnect', () => resolve(undefined));
  });
  const said = ack === undefined ? 'nothing' : ack.ok ? verdictOf(ack.value) : (ack.error?.code ?? 'no code');
  return { what, said, ours: said === 'internal', taken: ack?.ok === true };
}

/** Names that a client's own emitter refuses to send. */
const RESERVED: ReadonlySet<string> = new Set(['connect', 'disconnecting', 'error']);

function verdictOf(value: unknown): string {
  const { sessions } = (value ?? {}) as { sessions?: { verdict?: string }[] };
  return Array.isArray(sessions) ? (sessions[0]?.verdict ?? 'ok') : 'ok';
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'too deep to show';
  }
}
