/** A world in memory for tests of the rules: decide, keep what changed, look at it. */
import {
  type FactRecord,
  type InboxItem,
  isLive,
  newId,
  type RunnerId,
  type SessionId,
  TreelineError,
  type TriggerId,
} from '@treeline/shared';
import { type Changes, Draft } from './draft.ts';
import { applyFact, type Refusal, refuseFact } from './facts.ts';
import { indexesOf } from './indexes.ts';
import type {
  ListedKind,
  RecordId,
  RecordKind,
  RecordTypes,
  RunnerRecord,
  SessionRecord,
  TriggerRecord,
} from './records.ts';
import type { Rules } from './rules.ts';
import { spawnSession } from './spawn.ts';
import { timerDue } from './timers.ts';
import { ALL, type World } from './world.ts';

export const RULES: Rules = {
  tree: { maxDepth: 4, maxLiveChildren: 8, maxLiveInTree: 32, spawnsPerMinute: 10 },
  times: { escalateAfterMs: 300_000, unansweredAfterMs: 900_000, triggerExpiryMs: 86_400_000 },
};

/** A fact before it has an id and a time. */
type NewFact = FactRecord extends infer F ? (F extends FactRecord ? Omit<F, 'id' | 'at'> : never) : never;

export class TestWorld implements World {
  now = 1_000_000;
  readonly rules: Rules;
  readonly records = new Map<string, RecordTypes[RecordKind]>();
  readonly inboxes = new Map<SessionId, InboxItem[]>();
  readonly timers = new Map<string, Changes['setTimers'][number]>();
  messages: Changes['messages'] = [];

  constructor(rules: Rules = RULES) {
    this.rules = rules;
  }

  get<K extends RecordKind>(kind: K, id: RecordId[K]): RecordTypes[K] | undefined {
    return this.records.get(`${kind}/${id}`) as RecordTypes[K] | undefined;
  }

  list<K extends ListedKind>(kind: K, index: string, value: string): readonly RecordId[K][] {
    const found: RecordId[K][] = [];
    for (const [key, record] of this.records) {
      const [recordKind = '', id = ''] = key.split('/');
      if (recordKind !== kind) continue;
      const entry = indexesOf(kind, record as RecordTypes[K])[index];
      if (index === ALL || entry === value) found.push(id as RecordId[K]);
    }
    return found.toSorted();
  }

  liveOn(runnerId: RunnerId): number {
    return this.list('session', 'liveOnRunner', runnerId).length;
  }

  /** Decides and keeps the outcome; a refusal keeps nothing. */
  decide<T>(decision: (draft: Draft) => T): T {
    const draft = new Draft(this, { now: this.now, messageId: () => newId('message') });
    const value = decision(draft);
    this.keep(draft.changes());
    return value;
  }

  keep(changes: Changes): void {
    for (const { kind, id, value } of changes.puts) this.records.set(`${kind}/${id}`, value);
    for (const { kind, id } of changes.removes) this.records.delete(`${kind}/${id}`);
    for (const { session, item } of changes.inbox)
      this.inboxes.set(session, [...(this.inboxes.get(session) ?? []), item]);
    for (const timer of changes.setTimers) this.timers.set(`${timer.id}/${timer.name}`, timer);
    for (const timer of changes.clearTimers) this.timers.delete(`${timer.id}/${timer.name}`);
    this.messages = changes.messages;
  }

  runner(name: string, presence: 'online' | 'offline' = 'online'): RunnerRecord {
    const id = newId('runner');
    const runner: RunnerRecord = {
      id,
      profile: {
        id,
        name,
        version: '1.0.0',
        platform: 'linux-arm64',
        labels: { name },
        capacity: 8,
        defaultAgent: 'scripted',
        agents: [
          { name: 'scripted', kind: 'scripted' },
          { name: 'command', kind: 'command' },
        ],
      },
      presence:
        presence === 'online'
          ? { state: 'online', since: 0, lastHeartbeat: 0, relayId: 'r' }
          : { state: 'offline', since: 0 },
      generation: 1,
      instance: 'i',
      fence: 1,
      joinedAt: 0,
    };
    this.records.set(`runner/${id}`, runner);
    return runner;
  }

  root(runner: RunnerRecord): SessionId {
    const id = newId('session');
    const spec = { prompt: 'do it', runnerId: runner.id };
    this.decide((draft) =>
      spawnSession(draft, { id, spec, parentId: undefined, by: { kind: 'person', name: 'ann' } }, this.rules.tree),
    );
    return id;
  }

  child(parent: SessionId): SessionId {
    const sessionId = newId('session');
    this.fact(parent, { kind: 'spawn', sessionId, spec: { prompt: 'sub' } });
    return sessionId;
  }

  /** Applies a fact as the relay does; a refusal is delivered and returned. */
  fact(session: SessionId, fact: NewFact): Refusal | undefined {
    const record = { ...fact, id: newId('record'), at: this.now } as FactRecord;
    try {
      this.decide((draft) => {
        applyFact(draft, this.session(session), record, this.rules);
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof TreelineError)) throw error;
      return this.decide((draft) => refuseFact(draft, this.session(session), record, error));
    }
  }

  ask(session: SessionId, text = 'which?', more: { escalateAfterMs?: number } = {}): TriggerId {
    const triggerId = newId('trigger');
    this.fact(session, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text, ...more } });
    return triggerId;
  }

  end(
    session: SessionId,
    outcome: 'completed' | 'failed' = 'completed',
    seen: number = this.session(session).inbox.last,
  ): TriggerId {
    // A worker has seen its inbox when it ends by itself.
    if (this.session(session).inbox.consumed < seen) this.fact(session, { kind: 'consumed', position: seen });
    const triggerId = newId('trigger');
    const reason = outcome === 'completed' ? 'ok' : 'error';
    this.fact(session, {
      kind: 'end',
      triggerId,
      outcome,
      reason,
      summary: 'all done',
      detail: 'exit 1',
      resumable: true,
    });
    return triggerId;
  }

  /** Fires every timer due by then. */
  advance(ms: number): void {
    this.now += ms;
    const told: Changes['messages'][number][] = [];
    for (const timer of this.timers.values()) {
      if (timer.at > this.now) continue;
      this.decide((draft) => timerDue(draft, timer));
      told.push(...this.messages);
    }
    this.messages = told;
  }

  session(id: SessionId): SessionRecord {
    const session = this.get('session', id);
    if (session === undefined) throw new Error(`no ${id}`);
    return session;
  }

  trigger(id: TriggerId): TriggerRecord {
    const trigger = this.get('trigger', id);
    if (trigger === undefined) throw new Error(`no ${id}`);
    return trigger;
  }

  last(session: SessionId): InboxItem | undefined {
    return this.inboxes.get(session)?.at(-1);
  }

  /** Counts kept in records agree with the records themselves. */
  check(): void {
    for (const id of this.list('session', ALL, ALL)) {
      const session = this.session(id);
      const children = this.list('session', 'parent', id).filter((child) => isLive(this.session(child)));
      if (session.liveChildren !== children.length)
        throw new Error(`${id}: liveChildren ${session.liveChildren}, really ${children.length}`);
      if (session.parentId === null) {
        const live = this.list('session', 'root', id).filter((member) => isLive(this.session(member)));
        if (session.treeLive !== live.length)
          throw new Error(`${id}: treeLive ${session.treeLive}, really ${live.length}`);
      }
      const inbox = this.inboxes.get(id) ?? [];
      if (session.inbox.last !== inbox.length)
        throw new Error(`${id}: inbox.last ${session.inbox.last}, really ${inbox.length}`);
    }
  }
}
