/**
 * Declaring a Socket.IO event once: payload schema, reply schema, authorization action and a sentence for the docs.
 * Handler maps, clients, validation and docs/protocol.md derive from the declaration; a missing handler or a wrong reply
 * is a type error.
 */
import { z } from 'zod';
import { Problem } from '../errors.ts';

export interface EventSpec<P extends z.ZodType = z.ZodType, R extends z.ZodType | null = z.ZodType | null> {
  readonly doc: string;
  readonly payload: P;
  /** Schema of a successful acknowledgement; null: the event is not acknowledged and may be lost. */
  readonly reply: R;
}

export function event<P extends z.ZodType, R extends z.ZodType | null>(spec: EventSpec<P, R>): EventSpec<P, R> {
  return spec;
}

export type EventMap = Readonly<Record<string, EventSpec>>;

/** Payload as the sender writes it. */
export type PayloadIn<E extends EventSpec> = z.input<E['payload']>;
/** Payload as the receiver gets it after parsing. */
export type Payload<E extends EventSpec> = z.output<E['payload']>;
export type Reply<E extends EventSpec> = E['reply'] extends z.ZodType ? z.output<E['reply']> : void;

/** An acknowledgement on the wire: the reply, or a problem of the catalogue. */
export type Ack<T> = { ok: true; value: T } | { ok: false; error: Problem };

function buildAck<T extends z.ZodType>(reply: T) {
  return z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value: reply }),
    z.object({ ok: z.literal(false), error: Problem }),
  ]);
}

const acks = new WeakMap<z.ZodType, unknown>();

/** Made once for each reply: a schema compiles its parser at its first use. */
export function ackSchema<T extends z.ZodType>(reply: T): ReturnType<typeof buildAck<T>> {
  const known = acks.get(reply) as ReturnType<typeof buildAck<T>> | undefined;
  if (known !== undefined) return known;
  const made = buildAck(reply);
  acks.set(reply, made);
  return made;
}

/** One handler for every event of a map; `Context` is what the receiver knows of the connection. */
export type Handlers<M extends EventMap, Context> = {
  [K in keyof M]: (context: Context, payload: Payload<M[K]>) => Promise<Reply<M[K]>> | Reply<M[K]>;
};

/** The shape that socket.io's own generics want for one direction. */
export type SocketEvents<M extends EventMap> = {
  [K in keyof M]: M[K]['reply'] extends z.ZodType
    ? (payload: PayloadIn<M[K]>, ack: (ack: Ack<Reply<M[K]>>) => void) => void
    : (payload: PayloadIn<M[K]>) => void;
};
