/** What every service works with. */
import type { Rules } from '../domain/rules.ts';
import type { PresenceTimes } from '../domain/presence.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hints } from '../ports/hints.ts';
import type { Sender } from '../ports/sender.ts';
import type { Store } from '../ports/store.ts';
import type { Transactor } from './transact.ts';
import type { Views } from './views.ts';

export interface ServiceConfig {
  readonly relayId: string;
  /** Without a slash at the end. */
  readonly publicUrl: () => string;
  readonly rules: Rules;
  readonly presence: PresenceTimes;
  readonly heartbeatMs: number;
  /** When the store began, ms since 1970: what is older, it may have lost. 0: not known. */
  readonly storeBornAt: number;
}

export interface Context {
  readonly store: Store;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly config: ServiceConfig;
  readonly transact: Transactor;
  readonly views: Views;
  readonly sender: Sender;
}
