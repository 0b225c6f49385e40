/** How often one address may fail to prove who it is; what succeeds is not counted. */
import { TreelineError } from '@treeline/shared';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { countedAs } from '../edge/client-address.ts';

export interface Throttle {
  /** Counts one more; throws rate_limited when there were too many. */
  count(whose: string): Promise<void>;
  /** Takes back one that turned out to be no failure. */
  forgive(whose: string): Promise<void>;
}

interface Bound {
  readonly points: number;
  readonly seconds: number;
  readonly what: string;
}

function throttle({ points, seconds, what }: Bound): Throttle {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return {
    async count(whose) {
      try {
        await limiter.consume(whose);
      } catch (cause) {
        if (cause instanceof Error) throw cause;
        throw new TreelineError('rate_limited', `too many ${what}; wait ${Math.ceil(seconds / 60)} minutes`, {
          cause,
        });
      }
    },
    async forgive(whose) {
      await limiter.reward(whose);
    },
  };
}

function ofAddresses(bound: Bound): Throttle {
  const inner = throttle(bound);
  return {
    count: (address) => inner.count(countedAs(address)),
    forgive: (address) => inner.forgive(countedAs(address)),
  };
}

/** Attempts at sign-in codes: 40 bits cannot be guessed at this pace. */
export function signInThrottle(): Throttle {
  return ofAddresses({ points: 10, seconds: 900, what: 'sign-in attempts from this address' });
}

/** Wrong passwords for one account, from wherever. Codes and passkeys still let its owner in. */
export function guessThrottle(): Throttle {
  return throttle({ points: 10, seconds: 900, what: 'wrong passwords for this account' });
}

/** Credentials that were not valid, of one address in a minute. */
export function failureThrottle(points: number): Throttle {
  return ofAddresses({ points, seconds: 60, what: 'credentials that are not valid from this address' });
}
