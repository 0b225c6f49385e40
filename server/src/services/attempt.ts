/** One try of a few decisions: each over what those before it want, all in one commit. */
import { failpoint, TreelineError } from '@treeline/shared';
import { type Changes, Draft, type Moment } from '../domain/draft.ts';
import { indexesOf } from '../domain/indexes.ts';
import { Missing, type World } from '../domain/world.ts';
import type { Hint, Hints, Told } from '../ports/hints.ts';
import type { FenceGuard, Store, Unit } from '../ports/store.ts';
import { attest } from './audit/attest.ts';
import type { LoadedWorld } from './loaded-world.ts';
import type { RecordCache } from './record-cache.ts';
import type { Job } from './transact.ts';

export interface AttemptOptions {
  readonly ns: string;
  readonly jobs: readonly Job[];
  readonly world: LoadedWorld;
  readonly moment: Moment;
  readonly store: Store;
  readonly hints: Hints;
  readonly cache: RecordCache;
}

type Decided =
  | { readonly job: Job; readonly changes: Changes; readonly value: unknown }
  | { readonly job: Job; readonly error: unknown };
type Accepted = Extract<Decided, { changes: Changes }>;

/**
 * `done`: each job is settled. `again`: something was not as it was read, or may not have been. `apart`: one of them is in
 * the way of the others, so each is to be tried alone.
 */
export async function attempt(options: AttemptOptions): Promise<'done' | 'again' | 'apart'> {
  const { ns, jobs, world, moment, store, cache } = options;
  for (const { options: wanted } of jobs) world.assumeNew(wanted.creates ?? []);
  await world.preload(jobs.flatMap(({ options: wanted }) => wanted.preload ?? []));
  const all = new Draft(world, moment);
  const decided: Decided[] = [];
  const accepted: Accepted[] = [];
  for (const job of jobs) {
    const one = await decide(job, { over: accepted.length === 0 ? world : all, world, moment });
    // No refusal on the ground of something that may be out of date.
    if ('error' in one && world.guessed) return 'again';
    decided.push(one);
    if (!('changes' in one)) continue;
    accepted.push(one);
    if (jobs.length > 1) all.absorb(one.changes);
  }
  const [first] = accepted;
  if (first !== undefined) {
    const changes = jobs.length > 1 ? all.changes() : first.changes;
    const result = await store.commit(unitOf({ ns, accepted, changes, world, now: moment.now }));
    if (result.status !== 'committed') {
      for (const { kind, id } of world.read()) cache.drop({ ns, kind, id });
      if (result.status === 'conflict') return 'again';
      if (jobs.length > 1) return 'apart';
      refuse(accepted, result);
      return 'done';
    }
    FAILPOINT: failpoint('relay.commit.stored');
    emit(options, { accepted, changes, positions: result.positions });
    remember(options, changes);
  }
  for (const one of decided) {
    if ('error' in one) one.job.reject(one.error);
    else one.job.resolve({ status: 'committed', value: one.value });
  }
  return 'done';
}

type Refused = Exclude<Awaited<ReturnType<Store['commit']>>, { status: 'committed' | 'conflict' }>;

function refuse(jobs: readonly { readonly job: Job }[], result: Refused): void {
  for (const { job } of jobs) {
    if (result.status === 'rejected') job.resolve({ status: 'rejected', append: result.append });
    else job.reject(new TreelineError('stale_fence', 'A newer connection of this runner exists'));
  }
}

interface Over {
  /** What those before it want, or the world itself. */
  readonly over: World;
  readonly world: LoadedWorld;
  readonly moment: Moment;
}

async function decide(job: Job, { over, world, moment }: Over): Promise<Decided> {
  const { decide: rule, otherwise } = job.decision;
  for (;;) {
    try {
      const draft = new Draft(over, moment);
      try {
        return { job, value: rule(draft), changes: draft.changes() };
      } catch (error) {
        if (!(error instanceof TreelineError) || otherwise === undefined) throw error;
        if (world.guessed) return { job, error };
        const instead = new Draft(over, moment);
        return { job, value: otherwise(instead, error), changes: instead.changes() };
      }
    } catch (error) {
      if (!(error instanceof Missing)) return { job, error };
      await world.load(error.need);
    }
  }
}

function unitOf(input: {
  readonly ns: string;
  readonly accepted: readonly Accepted[];
  readonly changes: Changes;
  readonly world: LoadedWorld;
  readonly now: number;
}): Unit {
  const { ns, accepted, changes, world, now } = input;
  const written = new Set([...changes.puts, ...changes.removes].map(({ kind, id }) => `${kind}/${id}`));
  return {
    ns,
    fences: fencesOf(accepted),
    // Runners change with each heartbeat and only advise; everything else that was read must be as it was.
    expect: world.read().filter(({ kind, id }) => kind !== 'runner' && !written.has(`${kind}/${id}`)),
    put: putsOf(changes, world),
    remove: changes.removes.map(({ kind, id }) => ({ kind, id, expect: world.version(kind, id) })),
    setTimers: changes.setTimers,
    clearTimers: changes.clearTimers,
    inbox: changes.inbox,
    raiseInbox: changes.raiseInbox,
    frames: accepted.flatMap(({ job }) => job.options.frames ?? []),
    dropSessions: changes.dropSessions,
    audit: accepted.flatMap(({ job, changes: own }) => lineOf(job, own, { world, now })),
  };
}

function putsOf(changes: Changes, world: LoadedWorld): NonNullable<Unit['put']> {
  return changes.puts.map(({ kind, id, value }) => ({
    kind,
    id,
    value,
    expect: world.version(kind, id),
    indexes: indexesOf(kind, value),
  }));
}

function fencesOf(accepted: readonly Accepted[]): FenceGuard[] {
  const fences = accepted.flatMap(({ job }) => job.options.fence ?? []);
  return [...new Map(fences.map((fence) => [`${fence.name} ${fence.value}`, fence])).values()];
}

/** A request that was carried out before changes nothing, and is not told again. */
function lineOf({ options }: Job, own: Changes, { world, now }: { world: LoadedWorld; now: number }) {
  const isEffect = [own.puts, own.removes, own.inbox, options.frames ?? []].some((list) => list.length > 0);
  return isEffect ? attest(options.call, putsOf(own, world), { now }) : [];
}

interface Committed {
  readonly accepted: readonly Accepted[];
  readonly changes: Changes;
  readonly positions: readonly number[];
}

function emit({ ns, hints, world }: AttemptOptions, { accepted, changes, positions }: Committed): void {
  for (const { job } of accepted) {
    const { call, frames } = job.options;
    if (call !== undefined) call.told = true;
    const session = frames?.[0]?.session;
    if (frames !== undefined && session !== undefined) hints.emit({ ns, type: 'frames', session, frames });
  }
  const told = toldOf(changes, world);
  const entries = changes.inbox.map(({ session, item }, i) => ({
    session,
    entry: { position: positions[i] ?? 0, item },
  }));
  for (const message of changes.messages) {
    if (message.type === 'inbox') {
      const own = entries.filter(({ session }) => session === message.session).map(({ entry }) => entry);
      hints.emit({ ns, ...message, entries: own });
    } else {
      const stored = 'id' in message ? told.get(`${message.type}/${message.id}`) : undefined;
      hints.emit({ ns, ...message, ...(stored === undefined ? {} : { stored }) } as Hint);
    }
  }
}

/** What was decided about somebody's inbox is answered from there, by another relay perhaps: it gets the records too. */
function toldOf({ inbox, puts }: Changes, world: LoadedWorld): Map<string, Told> {
  const told = new Map<string, Told>();
  if (inbox.length === 0) return told;
  for (const { kind, id, value } of puts) {
    if (kind === 'session' || kind === 'trigger')
      told.set(`${kind}/${id}`, { version: world.version(kind, id) + 1, value });
  }
  return told;
}

function remember({ ns, world, cache }: AttemptOptions, changes: Changes): void {
  for (const { kind, id } of changes.removes) cache.drop({ ns, kind, id });
  for (const { kind, id, value } of changes.puts) {
    if (kind !== 'request') cache.set({ ns, kind, id }, { id, value, version: world.version(kind, id) + 1 });
  }
}
