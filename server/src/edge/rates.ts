/** How much one address and one principal may ask for. Beyond it everything is refused with rate_limited. */
import { TreelineError } from '@treeline/shared';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Principal } from '../domain/principal.ts';
import { countedAs } from './client-address.ts';

export interface RateLimits {
  /** HTTP requests and handshakes of one address in ten seconds. */
  readonly requestsOfAddress: number;
  /** HTTP requests and socket events of one principal in ten seconds; logs and deltas are not counted, they wait in line. */
  readonly requestsOfPrincipal: number;
  /** Sockets of one principal at a time. */
  readonly socketsOfPrincipal: number;
}

const WINDOW_S = 10;

export class Rates {
  readonly #ofAddress: RateLimiterMemory;
  readonly #ofPrincipal: RateLimiterMemory;
  readonly #socketsMax: number;
  readonly #sockets = new Map<string, number>();

  constructor({ requestsOfAddress, requestsOfPrincipal, socketsOfPrincipal }: RateLimits) {
    this.#ofAddress = new RateLimiterMemory({ points: requestsOfAddress, duration: WINDOW_S });
    this.#ofPrincipal = new RateLimiterMemory({ points: requestsOfPrincipal, duration: WINDOW_S });
    this.#socketsMax = socketsOfPrincipal;
  }

  countAddress(address: string): Promise<void> {
    return count(this.#ofAddress, { key: countedAs(address), whose: 'this address' });
  }

  countPrincipal(principal: Principal): Promise<void> {
    return count(this.#ofPrincipal, { key: keyOf(principal), whose: 'this credential' });
  }

  /** Throws rate_limited for one socket too many; else the returned function gives its place back. */
  takeSocket(principal: Principal): () => void {
    const key = keyOf(principal);
    const open = this.#sockets.get(key) ?? 0;
    if (open >= this.#socketsMax)
      throw new TreelineError('rate_limited', `this credential has ${open} sockets open, as many as it may`);
    this.#sockets.set(key, open + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.#sockets.get(key) ?? 1) - 1;
      if (left === 0) this.#sockets.delete(key);
      else this.#sockets.set(key, left);
    };
  }
}

function keyOf(principal: Principal): string {
  return 'keyId' in principal ? principal.keyId : `${principal.ns}/${principal.name}`;
}

async function count(limiter: RateLimiterMemory, { key, whose }: { key: string; whose: string }): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new TreelineError('rate_limited', `too many requests from ${whose}; wait ${WINDOW_S} seconds`);
  }
}
