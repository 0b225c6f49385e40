/**
 * What this session decides about others: a fact in its log, then the store's verdict on it. Applied or refused comes
 * with the acknowledgement; without a relay the decision stands in the log and takes effect later.
 */
import type { ErrorCode, FrameAck, Position, RecordId } from '@treeline/shared';
import { comparePositions } from '@treeline/shared';
import type { FactBody, Recorded, Recorder } from './recorder.ts';

const VERDICT_MS = 10_000;
/** A relay that restarts is back by then; longer nobody is kept waiting for one that is away. */
const OFFLINE_MS = 2_000;
const TICK_MS = 100;

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

export type Verdict =
  | { readonly is: 'applied' }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  | { readonly is: 'unknown' };

export interface Decision {
  readonly record: Recorded['record'];
  /** What the store made of it; `unknown` when it did not say in time. */
  readonly verdict: Promise<Verdict>;
  /** Nobody waits for a late refusal any more: from now on it is told as a message. */
  release(): void;
}

interface Pending {
  readonly position: Position;
  readonly settle: (verdict: Verdict) => void;
  readonly onRefused: (refusal: Refusal) => void;
}

export class Decisions {
  readonly #recorder: Recorder;
  readonly #isRelayOnline: () => boolean | undefined;
  readonly #pending = new Map<RecordId, Pending>();
  readonly #refused = new Set<RecordId>();

  constructor(options: { recorder: Recorder; isRelayOnline: () => boolean | undefined }) {
    this.#recorder = options.recorder;
    this.#isRelayOnline = options.isRelayOnline;
  }

  /** Records a decision. `onRefused` hears of a refusal however late it is, until `release`. Throws when the fact is not valid. */
  submit(body: FactBody, onRefused: (refusal: Refusal) => void = () => undefined): Decision {
    const { record, position } = this.#recorder.fact(body);
    const verdict = new Promise<Verdict>((resolve) => {
      const late = this.#whenLate(() => resolve({ is: 'unknown' }));
      const settle = (settled: Verdict) => {
        clearInterval(late);
        resolve(settled);
      };
      this.#pending.set(record.id, { position, settle, onRefused });
    });
    return { record, verdict, release: () => void this.#pending.delete(record.id) };
  }

  /** The store has the log up to a position. Refusals that nobody waits for come as inbox items, too. */
  acked(position: Position, refused: FrameAck['refused']): void {
    for (const { recordId, code, message } of refused) {
      if (this.#pending.has(recordId)) this.refuse(recordId, { code, message });
    }
    for (const pending of this.#pending.values()) {
      if (comparePositions(pending.position, position) <= 0) pending.settle({ is: 'applied' });
    }
  }

  /** A fact was refused. False when nobody waits for it, so that it has to be told; true for the second time. */
  refuse(recordId: RecordId, refusal: Refusal): boolean {
    if (this.#refused.has(recordId)) return true;
    const pending = this.#pending.get(recordId);
    if (pending === undefined) return false;
    this.#refused.add(recordId);
    this.#pending.delete(recordId);
    pending.settle({ is: 'refused', refusal });
    pending.onRefused(refusal);
    return true;
  }

  /** Calls back once, when a verdict is not to be waited for any longer. */
  #whenLate(callback: () => void): NodeJS.Timeout {
    let waited = 0;
    let offline = 0;
    const timer = setInterval(() => {
      waited += TICK_MS;
      offline = this.#isRelayOnline() === false ? offline + TICK_MS : 0;
      if (waited < VERDICT_MS && offline < OFFLINE_MS) return;
      clearInterval(timer);
      callback();
    }, TICK_MS);
    return timer.unref();
  }
}
