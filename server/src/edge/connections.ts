/** How many connections the relay holds, of all and of one address. One too many is told so and closed. */
import { TreelineError, type ProblemBody } from '@treeline/shared';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { countedAs } from './client-address.ts';

/** What was said to a refused connection must be taken by then. */
const FAREWELL_MS = 1_000;
/** A connection that is being refused holds a descriptor too; beyond this many they are cut at once. */
const FAREWELLS_MAX = 1_024;

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxPerAddress: number;
}

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #open = new Set<Socket>();
  readonly #byAddress = new Map<string, number>();
  #leaving = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** For a server's `connection` event. False: it was refused. */
  admit(socket: Socket): boolean {
    const address = countedAs(socket.remoteAddress ?? '');
    const own = this.#byAddress.get(address) ?? 0;
    if (this.#open.size >= this.#limits.maxConnections || own >= this.#limits.maxPerAddress) {
      this.#refuse(socket);
      return false;
    }
    this.#open.add(socket);
    this.#byAddress.set(address, own + 1);
    socket.once('close', () => this.#closed(socket, address));
    return true;
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #closed(socket: Socket, address: string): void {
    this.#open.delete(socket);
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }

  /** Without reading a byte of what it sends. */
  #refuse(socket: Socket): void {
    // Whoever is refused may be gone already.
    socket.on('error', () => socket.destroy());
    if (this.#leaving >= FAREWELLS_MAX) return void socket.destroy();
    this.#leaving++;
    const cut = setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
    socket.once('close', () => {
      clearTimeout(cut);
      this.#leaving--;
    });
    socket.end(refusal(new TreelineError('unavailable', 'The relay holds as many connections as it may')));
    socket.resume();
  }
}

function refusal(problem: TreelineError): string {
  const body = JSON.stringify({ error: problem.toProblem() } satisfies ProblemBody);
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\nRetry-After: 2\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
