/** A flood of updates of one size, at a rate or as fast as the log takes them. */
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import type { SessionUpdate } from '@treeline/shared';
import type { Gate } from '../gate.ts';
import { textChunk } from '../chunk-joiner.ts';

const AT_ONCE = 256;
const TICK_MS = 5;

export interface EmitOptions {
  readonly count: number;
  /** Size of each text. */
  readonly bytes: number;
  readonly perSecond?: number | undefined;
  readonly signal: AbortSignal;
  /** Closed while the agent is held. */
  readonly gate: Pick<Gate, 'opened'>;
  /** Returns when the update is written, so that nothing piles up in memory. */
  readonly update: (update: SessionUpdate) => void;
}

export async function emit({ count, bytes, perSecond, signal, gate, update }: EmitOptions): Promise<void> {
  const began = performance.now();
  for (let done = 0; done < count;) {
    await gate.opened;
    signal.throwIfAborted();
    const due = perSecond === undefined ? count : Math.floor(((performance.now() - began) * perSecond) / 1000) + 1;
    const until = Math.min(count, due, done + AT_ONCE);
    for (; done < until; done++)
      update(textChunk('agent_message_chunk', `${done} `.padEnd(bytes, 'x').slice(0, bytes)));
    if (due > done) await breathe();
    else await delay(TICK_MS, undefined, { signal });
  }
}
