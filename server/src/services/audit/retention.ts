/** Forgets the oldest lines of the audit: those past their time, and those beyond the number that is kept. */
import type { Clock } from '../../ports/clock.ts';
import { auditKey, type OwnedLine } from '../../ports/audit-records.ts';
import type { Store } from '../../ports/store.ts';

const BATCH = 200;
const LOOK_EVERY_MS = 10 * 60_000;

export interface RetentionOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Who may read, and where their lines lie. */
  readonly places: readonly { readonly readers: string; readonly ns: string }[];
  /** Milliseconds; 0: for ever. */
  readonly keepMs: number;
  /** Lines of one place. */
  readonly keepLines: number;
}

/** Removes what is too old or too much; resolves with how many lines went. */
export async function trimAudit(options: RetentionOptions): Promise<number> {
  let gone = 0;
  for (const place of options.places) gone += await trimPlace(options, place);
  return gone;
}

async function trimPlace(
  { store, clock, keepMs, keepLines }: RetentionOptions,
  { readers, ns }: RetentionOptions['places'][number],
): Promise<number> {
  const value = auditKey(readers);
  for (let gone = 0; ;) {
    const excess = (await store.count(ns, 'audit', 'all', value)) - keepLines;
    const oldest = await store.list<OwnedLine>({ ns, kind: 'audit', index: 'all', value, limit: BATCH });
    const isOver = (at: number) => keepMs > 0 && at <= clock.now() - keepMs;
    const leaving = oldest.filter(({ value: { line } }, i) => i < excess || isOver(line.at));
    if (leaving.length === 0) return gone;
    // On conflict another relay has removed some of them: look again.
    const remove = leaving.map(({ id, version }) => ({ kind: 'audit' as const, id, expect: version }));
    const { status } = await store.commit({ ns, remove });
    if (status !== 'committed') continue;
    gone += leaving.length;
  }
}

/** Trims now and every ten minutes until it is stopped. */
export function keepTrimmed(options: RetentionOptions, onError: (error: unknown) => void): { stop(): void } {
  const look = () => void trimAudit(options).catch(onError);
  look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return { stop: () => clearInterval(timer) };
}
