/**
 * The record of who did what. A change is told by the commit that makes it (`attest`); what was refused, and what a call
 * did without a commit of this store, gets a line of its own.
 */
import {
  newId,
  SessionId,
  type Api,
  type AuditLine,
  type EndpointResponse,
  type ErrorCode,
  TreelineError,
} from '@treeline/shared';
import type { z } from 'zod';
import { lineOf, type Call } from '../../domain/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import { auditKey, type AuditIndex, type OwnedLine } from '../../ports/audit-records.ts';
import type { Store } from '../../ports/store.ts';
import { RefusalBound } from './refusal-bound.ts';

/** Lines that one answer looks through when a second condition leaves few. */
const SCAN_MAX = 5_000;

export interface AuditOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Whose people read of callers that nobody knows. */
  readonly ownNs: string;
  /** Where lines of a namespace may lie: its own, and the one that keeps credentials. */
  readonly places: (ns: string) => readonly string[];
  readonly refusalsPerMinute: number;
  /** Hears of a line that could not be written; the answer goes out all the same. */
  readonly onError: (error: unknown) => void;
}

type Query = z.output<Api['listAudit']['query']>;

export class Audit {
  readonly #options: AuditOptions;
  readonly #bound: RefusalBound;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.#bound = new RefusalBound({
      perMinute: options.refusalsPerMinute,
      summary: (call, error, times) => this.#write(call, { refusal: error, times }),
    });
  }

  get ownNs(): string {
    return this.#options.ownNs;
  }

  /** Runs what a call asks for and sees to its line. `changes`: it is meant to change something. */
  async watch<T>(call: Call, { changes }: { changes: boolean }, work: () => Promise<T>): Promise<T> {
    try {
      const value = await work();
      if (changes) await this.done(call);
      return value;
    } catch (error) {
      if (error instanceof TreelineError && isRefusal(error, changes)) await this.refused(call, error);
      throw error;
    }
  }

  /** For a refusal: leaves a line, or is counted with others like it when there are too many. */
  async refused(call: Call, error: TreelineError): Promise<void> {
    if (await this.#bound.admits(call, error)) await this.#write(call, { refusal: error });
  }

  /** For a change that no commit has told of. */
  async done(call: Call): Promise<void> {
    if (!call.told) await this.#write(call, {});
  }

  async list(ns: string, query: Query): Promise<EndpointResponse<Api['listAudit']>> {
    const { index, value } = indexOf(query);
    const lines: AuditLine[] = [];
    let after = query.after;
    for (let looked = 0; looked < SCAN_MAX;) {
      const page = await this.#page(ns, { index, value, after, limit: query.limit });
      looked += Math.max(1, page.length);
      for (const line of page) {
        after = line.id;
        if (fits(line, query)) lines.push(line);
        if (lines.length === query.limit) return { lines, next: line.id };
      }
      if (page.length < query.limit) return { lines };
    }
    return { lines, ...(after === undefined ? {} : { next: after }) };
  }

  stop(): void {
    this.#bound.stop();
  }

  /** The newest lines of all places, merged. */
  async #page(
    ns: string,
    { index, value, after, limit }: { index: AuditIndex; value: string; after: string | undefined; limit: number },
  ): Promise<AuditLine[]> {
    const query = { kind: 'audit', index, value: auditKey(ns, value), limit, order: 'desc' } as const;
    const found = await Promise.all(
      this.#options
        .places(ns)
        .map((place) =>
          this.#options.store.list<OwnedLine>({ ns: place, ...query, ...(after === undefined ? {} : { after }) }),
        ),
    );
    return found
      .flat()
      .map(({ value: { line } }) => line)
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  async #write(call: Call, { refusal, times }: { refusal?: TreelineError; times?: number }): Promise<void> {
    const { store, clock, onError } = this.#options;
    const now = clock.now();
    const line = lineOf(call, { id: newId('audit', now), now, refusal });
    try {
      await store.commit({
        ns: call.ns,
        audit: [{ ns: call.ns, line: { ...line, ...(times === undefined ? {} : { times }) } }],
      });
      call.told = true;
    } catch (error) {
      onError(error);
    }
  }
}

/** Refusals that leave a line even of a call that would have changed nothing. */
const OF_ANY_CALL: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'forbidden',
  'not_found',
  'not_yours',
  'stale_fence',
  'superseded',
  'rate_limited',
]);

/** What somebody may not do, or what the rules did not let them change; not what they mistyped, nor the relay's own trouble. */
function isRefusal({ code, status }: TreelineError, changes: boolean): boolean {
  if (status >= 500 || code === 'bad_request' || code === 'too_large') return false;
  return changes || OF_ANY_CALL.has(code);
}

/** The condition that leaves fewest lines. */
function indexOf({ session, person, action, outcome }: Query): { index: AuditIndex; value: string } {
  if (session !== undefined) return { index: 'session', value: session };
  if (person !== undefined) return { index: SessionId.safeParse(person).success ? 'session' : 'who', value: person };
  if (action !== undefined) return { index: 'action', value: action };
  return outcome === 'refused' ? { index: 'outcome', value: outcome } : { index: 'all', value: '' };
}

function fits({ who, action, sessions, outcome }: AuditLine, query: Query): boolean {
  return (
    (query.person === undefined || query.person === who.name || query.person === who.id) &&
    (query.action === undefined || query.action === action) &&
    (query.outcome === undefined || query.outcome === outcome) &&
    (query.session === undefined || sessions?.includes(query.session) === true)
  );
}
