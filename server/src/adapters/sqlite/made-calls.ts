/**
 * Calls as an entry of the journal: JSON, and behind it the bodies of frames as they are, since these are most of the
 * bytes and are JSON themselves. `v8.serialize` would do, but keeps an object for each call that a collection has to
 * finish: collections of the store thread took ten times as long.
 */
import { deserialize } from 'node:v8';
import type { Frame } from '@treeline/shared';
import type { CallName, Calls } from './calls.ts';

export type MadeCall = readonly [name: CallName, args: readonly unknown[]];

/** Bytes of the JSON's length. */
const WIDTH = 4;
const OPENING = '{'.charCodeAt(0);

interface Text {
  readonly calls: readonly MadeCall[];
  /** Of the bodies, in bytes. */
  readonly lengths: readonly number[];
}

/** Of a frame whose body stands elsewhere: the place of that among the bodies. */
type Bodiless = Omit<Frame, 'body'> & { readonly body: number };

export function encodeCalls(calls: readonly MadeCall[]): Buffer {
  const bodies: string[] = [];
  const out = calls.map((call) => mapFrames(call, (frame: Frame) => ({ ...frame, body: bodies.push(frame.body) - 1 })));
  const lengths = bodies.map((body) => Buffer.byteLength(body));
  const json = JSON.stringify({ calls: out, lengths } satisfies Text);
  const length = Buffer.byteLength(json);
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, one) => sum + one, WIDTH + length));
  bytes.writeUInt32LE(length);
  let at = WIDTH + bytes.write(json, WIDTH);
  for (const body of bodies) at += bytes.write(body, at);
  return bytes;
}

/** Also of an entry that a relay before this form had left when it was killed. */
export function decodeCalls(bytes: Buffer): MadeCall[] {
  if (bytes[WIDTH] !== OPENING) return deserialize(bytes) as MadeCall[];
  let at = WIDTH + bytes.readUInt32LE();
  const { calls, lengths } = JSON.parse(bytes.toString('utf8', WIDTH, at)) as Text;
  const bodies = lengths.map((length) => bytes.toString('utf8', at, (at += length)));
  return calls.map((call) => mapFrames(call, (frame: Bodiless) => ({ ...frame, body: bodies[frame.body] ?? '' })));
}

/** The call with its frames as `change` makes them. */
function mapFrames<From, To>([name, args]: MadeCall, change: (frame: From) => To): MadeCall {
  if (name === 'append') {
    const [ns, frames, fence] = args as Parameters<Calls['append']>;
    // JSON knows no undefined in a list.
    return [name, [ns, (frames as readonly From[]).map(change), fence ?? undefined]];
  }
  if (name !== 'commit') return [name, args];
  const [unit] = args as Parameters<Calls['commit']>;
  if (unit.frames === undefined) return [name, args];
  return [name, [{ ...unit, frames: (unit.frames as readonly From[]).map(change) }]];
}
