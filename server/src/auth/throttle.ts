/** How often one address may fail to prove who it is; what succeeds is not counted. */
import { TreelineError } from '@treeline/shared';
import { RateLimiterMemory } from 'rate-limiter-flexible';

export interface Throttle {
  /** Counts one more; throws rate_limited when there were too many. */
  count(address: string): Promise<void>;
  /** Takes back one that turned out to be no failure. */
  forgive(address: string): Promise<void>;
}

export function throttle({ points, seconds, what }: { points: number; seconds: number; what: string }): Throttle {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return {
    async count(address) {
      try {
        await limiter.consume(address);
      } catch (cause) {
        if (cause instanceof Error) throw cause;
        throw new TreelineError('rate_limited', `too many ${what}; wait ${Math.ceil(seconds / 60)} minutes`, {
          cause,
        });
      }
    },
    async forgive(address) {
      await limiter.reward(address);
    },
  };
}

/** Attempts at sign-in codes: 40 bits cannot be guessed at this pace. */
export function signInThrottle(): Throttle {
  return throttle({ points: 10, seconds: 900, what: 'sign-in attempts from this address' });
}

/** Wrong passwords for one account, from wherever. Codes and passkeys still let its owner in. */
export function guessThrottle(): Throttle {
  return throttle({ points: 10, seconds: 900, what: 'wrong passwords for this account' });
}

/** Credentials that were not valid, of one address in a minute. */
export function failureThrottle(points: number): Throttle {
  return throttle({ points, seconds: 60, what: 'credentials that are not valid from this address' });
}
