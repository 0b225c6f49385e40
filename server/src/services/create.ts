/** Puts the services together over one store. */
import type { KeyId, PersonId } from '@treeline/shared';
import type { Clock } from '../ports/clock.ts';
import type { Hints } from '../ports/hints.ts';
import type { Sender } from '../ports/sender.ts';
import type { Store } from '../ports/store.ts';
import { Claims } from './claims.ts';
import type { Context, ServiceConfig } from './context.ts';
import { Inboxes } from './inboxes.ts';
import { Logs } from './logs.ts';
import { LostWrites } from './lost-writes.ts';
import { Notifications } from './notify/notifications.ts';
import { Outbox } from './notify/outbox.ts';
import { Ownership } from './ownership.ts';
import { type Pump, startPump } from './pump.ts';
import { Runners } from './runners.ts';
import type { Services } from './services.ts';
import { Sessions } from './sessions.ts';
import { Transactor } from './transact.ts';
import { Triggers } from './triggers.ts';
import { Views } from './views.ts';

export interface ServiceOptions {
  readonly store: Store;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly config: ServiceConfig;
  readonly sender: Sender;
  /** Whether the sign-in that added a device was revoked. */
  readonly isRevoked: (keyId: KeyId) => Promise<boolean>;
  /** Whether a person may no longer sign in, and so hears nothing more. */
  readonly isDisabled: (id: PersonId) => Promise<boolean>;
}

/**
 * The timer pump runs until it is stopped; `onError` is told what it met. `storeRestarted` is to be called when the store
 * may have lost writes: what is remembered of it is forgotten.
 */
export function createServices(
  options: ServiceOptions,
): Services & { startPump(onError: (error: unknown) => void): Pump; storeRestarted(): void } {
  const { store, hints, clock, config, sender, isRevoked, isDisabled } = options;
  const views = new Views({ store, publicUrl: config.publicUrl });
  const context: Context = {
    store,
    hints,
    clock,
    config,
    views,
    sender,
    transact: new Transactor({ store, hints, clock }),
  };
  const owners = new Ownership({ store, clock });
  const lost = new LostWrites(context);
  return {
    sessions: new Sessions(context),
    triggers: new Triggers(context),
    runners: new Runners(context, lost),
    claims: new Claims(context, owners),
    logs: new Logs(context, { owners, lost }),
    inboxes: new Inboxes(context, owners),
    notifications: new Notifications(context),
    views,
    startPump: (onError) =>
      startPump(context, { outbox: new Outbox(context, { isRevoked, isDisabled, onError }), onError }),
    storeRestarted() {
      lost.noted();
      owners.forget();
      context.transact.forget();
    },
  };
}
