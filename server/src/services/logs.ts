/** What runners send: frames. Events are appended as they came; each fact is applied by the commit that appends it. */
import type { FactRecord, Frame, FrameAck, Position, SessionId } from '@treeline/shared';
import { comparePositions, failpoint, lastSeq, TreelineError } from '@treeline/shared';
import type { Call } from '../domain/audit.ts';
import { applyFact, type Refusal, refuseFact } from '../domain/facts.ts';
import type { Draft } from '../domain/draft.ts';
import { applyAgain, finishRefill, isHistory } from '../domain/history.ts';
import type { SessionRecord, TriggerRecord } from '../domain/records.ts';
import type { AppendResult, FenceGuard } from '../ports/store.ts';
import type { Context } from './context.ts';
import { checkedEvents, type FramedFact, framedFact, type Run, runsOf, untilMalformed } from './frames.ts';
import { groupBy } from './group-by.ts';
import type { LostWrites } from './lost-writes.ts';
import type { Ownership } from './ownership.ts';
import type { Link, LogService } from './services.ts';
import type { RecordRef } from './loaded-world.ts';

export class Logs implements LogService {
  readonly #context: Context;
  readonly #owners: Ownership;
  readonly #lost: LostWrites;

  constructor(context: Context, { owners, lost }: { owners: Ownership; lost: LostWrites }) {
    this.#context = context;
    this.#owners = owners;
    this.#lost = lost;
  }

  async intake(link: Link, frames: readonly Frame[]): Promise<FrameAck[]> {
    const bySession = groupBy(frames, ({ session }) => session);
    return Promise.all([...bySession].map(([session, own]) => this.#intakeOne(link, session, own)));
  }

  /** In order; what follows a frame that was not taken is not tried. */
  async #intakeOne(link: Link, session: SessionId, frames: readonly Frame[]): Promise<FrameAck> {
    const refused: Refusal[] = [];
    const ack = (head: { epoch: number; seq: number }, verdict?: FrameAck['verdict']): FrameAck => ({
      session,
      acked: { epoch: head.epoch, seq: head.seq },
      refused,
      ...(verdict === undefined ? {} : { verdict }),
    });
    const owned = await this.#owners.find(link, session);
    if (owned === undefined) {
      const isEarly = await this.#lost.mayComeBack(link.ns, session);
      return ack({ epoch: 0, seq: 0 }, isEarly ? undefined : 'not_yours');
    }
    let head = { epoch: 0, seq: 0 };
    let common: Position | undefined;
    const forked = (): FrameAck => ({ ...ack(head, 'new_epoch'), ...(common === undefined ? {} : { common }) });
    for (const run of runsOf(frames)) {
      const { results, malformed } = await this.#take({ link, tree: owned.rootId, refused }, run);
      for (const [index, result] of results.entries()) {
        if (result.status === 'fenced')
          throw new TreelineError('stale_fence', 'A newer connection of this runner exists');
        head = result.head;
        if (result.status === 'gap') return ack(head, 'replay_from');
        if (result.status === 'forked' || result.status === 'stale_epoch') return forked();
        const frame = run.frames[index];
        if (frame !== undefined) common = { epoch: frame.epoch, seq: lastSeq(frame) };
      }
      // A malformed frame would come again for ever: the session goes on in a new epoch, and the hole shows.
      if (malformed !== undefined) {
        head = await this.#context.store.head(link.ns, session);
        return { ...forked(), problem: malformed.message };
      }
    }
    await this.#finishRefill(link, session, { until: owned.refillUntil, head });
    return ack(head);
  }

  /** Its history may end with events, which are stored unread. */
  async #finishRefill(
    { ns }: Link,
    id: SessionId,
    { until, head }: { until: Position | undefined; head: Position },
  ): Promise<void> {
    if (until === undefined || comparePositions(head, until) < 0) return;
    await this.#context.transact.run({ ns }, (draft) => {
      const session = draft.get('session', id);
      if (session !== undefined) finishRefill(draft, session, head);
    });
    this.#owners.forget();
  }

  async #take(of: Taking, { kind, frames }: Run): Promise<Taken> {
    if (kind === 'events') {
      const { good, malformed } = untilMalformed(frames, checkedEvents);
      return { results: await this.#append(of.link, good), malformed };
    }
    const { good, malformed } = untilMalformed(frames, framedFact);
    return { results: await this.#applyFacts(of, good), malformed };
  }

  async #append(link: Link, frames: readonly Frame[]): Promise<AppendResult[]> {
    if (frames.length === 0) return [];
    const { store } = this.#context;
    const results = await store.append(link.ns, frames, fenceOf(link));
    FAILPOINT: failpoint('relay.append.stored');
    this.#show(
      link,
      frames.filter((_, i) => isThere(results[i])),
    );
    return results;
  }

  #show(link: Link, frames: readonly Frame[]): void {
    const [first] = frames;
    if (first !== undefined) this.#context.hints.emit({ ns: link.ns, type: 'frames', session: first.session, frames });
  }

  /** Asked for in order and all at once, so that they can share a commit. */
  async #applyFacts(of: Taking, facts: readonly FramedFact[]): Promise<AppendResult[]> {
    const results = await Promise.allSettled(facts.map((fact) => this.#applyFact(of, fact)));
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  async #applyFact({ link, tree, refused }: Taking, { frame, fact }: FramedFact): Promise<AppendResult> {
    const { transact, config } = this.#context;
    const { ns } = link;
    const call = callOf(link, frame.session, fact);
    const options = { ns, call, fence: fenceOf(link), frames: [frame], group: tree, ...touchedBy(frame.session, fact) };
    const outcome = await transact.runWithFrames<Refusal | undefined>(options, {
      decide(draft) {
        if (call !== undefined) delete call.refusal;
        const session = self(draft, link, frame.session);
        if (isHistory(session, frame)) {
          // It was told when it happened.
          if (call !== undefined) call.told = true;
          applyAgain(draft, session, fact, config.rules);
          return undefined;
        }
        if (call !== undefined && fact.kind === 'withdraw') judgeWithdrawal(call, draft.get('trigger', fact.triggerId));
        const before = { epoch: frame.epoch, seq: frame.first - 1 };
        applyFact(draft, finishRefill(draft, session, before), fact, config.rules);
        return undefined;
      },
      otherwise(draft, error) {
        if (isOurs(error)) throw error;
        if (call !== undefined) call.refusal = error;
        return refuseFact(draft, self(draft, link, frame.session), fact, error);
      },
    });
    if (outcome.status === 'rejected') {
      if (isThere(outcome.append)) this.#show(link, [frame]);
      return outcome.append;
    }
    if (outcome.value !== undefined) refused.push(outcome.value);
    return { status: 'appended', head: { epoch: frame.epoch, seq: lastSeq(frame), frame: frame.id } };
  }
}

/** Taking in frames of one session. */
interface Taking {
  readonly link: Link;
  readonly tree: SessionId;
  /** Gets the refusals. */
  readonly refused: Refusal[];
}

interface Taken {
  readonly results: readonly AppendResult[];
  /** What is wrong with the frame after those. */
  readonly malformed: TreelineError | undefined;
}

/** What a session does to others, for the audit; what it only says of itself is in its log. */
function callOf(link: Link, session: SessionId, fact: FactRecord): Call | undefined {
  const named = subjectOf(fact);
  if (named === undefined) return undefined;
  const from = { over: 'log' } as const;
  return { ns: link.ns, who: { kind: 'session', id: session }, from, action: fact.kind, named: [named], told: false };
}

function subjectOf(fact: FactRecord): string | undefined {
  switch (fact.kind) {
    case 'spawn':
    case 'tell':
      return fact.sessionId;
    case 'answer':
    case 'escalate':
    case 'withdraw':
      return fact.triggerId;
    case 'ask':
    case 'state':
    case 'consumed':
    case 'usage':
    case 'end':
      return undefined;
  }
}

/** To take one's own question back is told by the log alone. Of another's nothing happens, but that it was tried is told. */
function judgeWithdrawal(call: Call, trigger: TriggerRecord | undefined): void {
  call.told = trigger !== undefined && trigger.sessionId === call.who.id;
  if (!call.told) call.refusal = { code: 'not_yours', message: `Session ${call.who.id} asked no ${call.named[0]}` };
}

/** Stored, now or when it came before. Then too the hint goes out: the relay that stored it may have died before its own. */
function isThere(result: AppendResult | undefined): boolean {
  return result?.status === 'appended' || result?.status === 'duplicate';
}

function self(draft: Draft, link: Link, id: SessionId): SessionRecord {
  const session = draft.get('session', id);
  if (session?.runnerId !== link.runnerId) throw new TreelineError('not_yours', `Session ${id} is not on this runner`);
  return session;
}

/** What the rule for a fact surely reads and makes: known before anything is loaded. */
function touchedBy(session: SessionId, fact: FactRecord): { preload: RecordRef[]; creates: RecordRef[] } {
  const self: RecordRef = { kind: 'session', id: session };
  switch (fact.kind) {
    case 'answer':
    case 'escalate':
    case 'withdraw':
      return { preload: [self, { kind: 'trigger', id: fact.triggerId }], creates: [] };
    case 'ask':
    case 'end':
      return { preload: [self], creates: [{ kind: 'trigger', id: fact.triggerId }] };
    case 'spawn':
      return { preload: [self], creates: [{ kind: 'session', id: fact.sessionId }] };
    case 'tell':
      return { preload: [self, { kind: 'session', id: fact.sessionId }], creates: [] };
    default:
      return { preload: [self], creates: [] };
  }
}

/** Problems of the relay or the link, as against a refusal by the rules: the frame is not taken and comes again. */
function isOurs({ code }: TreelineError): boolean {
  return code === 'unavailable' || code === 'stale_fence' || code === 'not_yours' || code === 'internal';
}

function fenceOf(link: Link): FenceGuard {
  return { name: link.runnerId, value: link.fence };
}
