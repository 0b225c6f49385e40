/** The one loop that fires timers: sleeps until the next is due, claims what is due, decides each, again. */
import { failpoint } from '@treeline/shared';
import type { RecordKind } from '../domain/records.ts';
import type { TimerRef } from '../domain/draft.ts';
import { timerDue } from '../domain/timers.ts';
import type { DueTimer } from '../ports/store.ts';
import type { Context } from './context.ts';
import type { Outbox } from './notify/outbox.ts';

const BATCH = 100;
/** A claimed timer comes again after this if its relay dies. */
const HOLD_MS = 10_000;
/** Timers set by other relays are noticed within this. */
const POLL_MS = 1000;

export interface Pump {
  stop(): Promise<void>;
}

export interface PumpOptions {
  /** Gets the timers of what is to be sent to the world outside, for which this loop does not wait. */
  readonly outbox: Outbox;
  /** Hears of a store that does not answer and of timers that fail; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

export function startPump({ store, clock, transact }: Context, { outbox, onError }: PumpOptions): Pump {
  let stopped = false;
  let wake: () => void = () => undefined;

  async function fire(timer: DueTimer): Promise<void> {
    if (timer.kind === 'notice') return outbox.take(timer);
    const ref: TimerRef = { kind: timer.kind as RecordKind, id: timer.id, name: timer.name as TimerRef['name'] };
    try {
      await transact.run({ ns: timer.ns }, (draft) => {
        timerDue(draft, ref);
      });
    } catch (error) {
      onError(error);
    }
  }

  async function pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, ms);
      timeout.unref();
      wake = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      let delay = POLL_MS;
      try {
        const due = await store.claimDue(clock.now(), BATCH, HOLD_MS);
        if (due.length > 0) FAILPOINT: failpoint('relay.timer.claimed');
        await Promise.all(due.map(fire));
        const next = await store.nextDue();
        if (next !== undefined) delay = Math.min(POLL_MS, Math.max(0, next - clock.now()));
      } catch (error) {
        onError(error);
      }
      if (!stopped) await pause(Math.max(5, delay));
    }
  }

  const running = loop();
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
      await outbox.stop();
    },
  };
}
