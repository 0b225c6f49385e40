/**
 * What ought to happen, written a second time from docs/protocol.md and as simply as it can be: no commits, no counts, no
 * indexes; who is live, where each trigger is, and which kinds of items lie in each inbox.
 */
import type { TriggerId } from '@treeline/shared';
import { LIMITS, RUNNERS, TIMES } from './steps.ts';
import type { Act, Outcome } from './world.ts';

export interface ModelSession {
  readonly name: string;
  parent: string | null;
  readonly runner: number;
  state: string;
  resumable: boolean;
  spawned: number[];
  /** Kinds of its items, oldest first. */
  readonly inbox: string[];
  consumed: number;
}

export interface ModelTrigger {
  readonly child: string;
  parent: string | null;
  readonly blocking: boolean;
  /** `parent`, `people`, or how it ended. */
  at: 'parent' | 'people' | 'answered' | 'expired' | 'withdrawn' | 'child gone' | 'told';
  by?: string;
  escalateAt?: number;
  expireAt?: number;
}

const WAKING = new Set(['prompt', 'tell', 'trigger', 'answer']);
const REVIVING = new Set(['prompt', 'tell']);
const STARTED = new Set(['starting', 'running', 'idle']);

export class Model {
  now = 0;
  readonly sessions = new Map<string, ModelSession>();
  readonly triggers = new Map<TriggerId, ModelTrigger>();
  readonly online = Array.from({ length: RUNNERS }, () => true);

  /** What it may answer. Refusals that hold at once are all named. */
  play(act: Act): readonly Outcome[] {
    const outcomes = this.#play(act);
    if ('by' in act && !outcomes.includes('ok')) this.#put(act.by, 'refusal');
    return outcomes;
  }

  #play(act: Act): readonly Outcome[] {
    switch (act.act) {
      case 'create':
        return this.#add(act.session, null, act.runner);
      case 'spawn':
        return this.#spawn(act);
      case 'state':
        return this.#set(this.#get(act.by), act.state);
      case 'ask':
        return this.#ask(act);
      case 'answer':
        return this.#addressed(act, (trigger) => this.#answer(trigger, act.by));
      case 'escalate':
        return this.#addressed(act, (trigger) => this.#toPeople(trigger, act.by));
      case 'withdraw':
        return this.#withdraw(act);
      case 'tell': {
        const child = this.#get(act.to);
        return child.parent === act.by ? this.#say(child, 'tell') : ['not_a_child'];
      }
      case 'consume': {
        const session = this.#get(act.by);
        session.consumed = session.inbox.length;
        return ['ok'];
      }
      case 'end':
        return this.#endItself(this.#get(act.by), act);
      case 'personAnswers':
        return this.#asPerson(act.trigger, (trigger) => this.#answer(trigger, 'ann'));
      case 'personEscalates':
        return this.#asPerson(act.trigger, (trigger) => this.#toPeople(trigger, 'ann'));
      case 'prompt':
        return this.#say(this.#get(act.session), 'prompt');
      case 'delete':
        return this.#delete(this.#get(act.session));
      case 'deliver':
        return this.#delivered(act.session);
      case 'stop':
        this.#stop(this.#get(act.session), act.tree);
        return ['ok'];
      case 'leave':
        this.online[act.runner] = false;
        return ['ok'];
      case 'return':
        this.online[act.runner] = true;
        return ['ok'];
      case 'forget':
        this.online[act.runner] = true;
        for (const session of this.sessions.values())
          if (session.runner === act.runner && STARTED.has(session.state))
            this.#end(session, { outcome: 'lost', resumable: false });
        return ['ok'];
      case 'wait':
        return this.#wait(act.ms);
    }
  }

  #get(name: string): ModelSession {
    const session = this.sessions.get(name);
    if (session === undefined) throw new Error(`the model has no ${name}`);
    return session;
  }

  #live = (name: string | null) => name !== null && isLive(this.sessions.get(name));
  #childrenOf = (name: string) => [...this.sessions.values()].filter(({ parent }) => parent === name);
  #path(name: string): string[] {
    const { parent } = this.#get(name);
    return parent === null ? [name] : [...this.#path(parent), name];
  }
  #treeOf = (name: string) => [...this.sessions.keys()].filter((it) => this.#path(it)[0] === this.#path(name)[0]);

  #add(name: string, parent: string | null, runner: number): readonly Outcome[] {
    this.sessions.set(name, {
      name,
      parent,
      runner,
      state: 'queued',
      resumable: false,
      spawned: [],
      inbox: [],
      consumed: 0,
    });
    this.#put(name, 'prompt');
    return ['ok'];
  }

  /** Limits that one more live session below this parent would break. */
  #fullness(parent: string | null): Outcome[] {
    if (parent === null) return [];
    const children = this.#childrenOf(parent).filter(isLive).length;
    const tree = this.#treeOf(parent).filter((name) => this.#live(name)).length;
    return [
      ...(children >= LIMITS.maxLiveChildren ? ['children_limit'] : []),
      ...(tree >= LIMITS.maxLiveInTree ? ['tree_limit'] : []),
    ];
  }

  #spawn({ by, session, runner }: Act & { act: 'spawn' }): readonly Outcome[] {
    const parent = this.#get(by);
    if (!isLive(parent)) return ['parent_ended'];
    parent.spawned = parent.spawned.filter((at) => at > this.now - 60_000);
    const refusals = [
      ...(this.#path(by).length > LIMITS.maxDepth ? ['depth_limit'] : []),
      ...this.#fullness(by),
      ...(parent.spawned.length >= LIMITS.spawnsPerMinute ? ['spawn_rate'] : []),
    ];
    if (refusals.length > 0) return refusals;
    parent.spawned.push(this.now);
    return this.#add(session, by, runner);
  }

  #set(session: ModelSession, state: string): readonly Outcome[] {
    if (!isLive(session)) return ['ok'];
    session.state = state;
    if (state === 'asleep' && unseen(session, WAKING)) session.state = 'queued';
    return ['ok'];
  }

  #ask({ by, id, patienceMs }: Act & { act: 'ask' }): readonly Outcome[] {
    const child = this.#get(by);
    if (!isLive(child)) return ['session_ended'];
    const trigger: ModelTrigger = { child: by, parent: child.parent, blocking: true, at: 'people' };
    trigger.expireAt = this.now + TIMES.triggerExpiryMs;
    this.triggers.set(id, trigger);
    if (child.parent !== null && this.#live(child.parent)) {
      const online = this.online[this.#get(child.parent).runner];
      trigger.at = 'parent';
      trigger.escalateAt = this.now + (patienceMs ?? (online ? TIMES.unansweredAfterMs : TIMES.escalateAfterMs));
      this.#put(child.parent, 'trigger');
    }
    return ['ok'];
  }

  #addressed(act: { by: string; trigger: TriggerId }, then: (trigger: ModelTrigger) => readonly Outcome[]) {
    const trigger = this.triggers.get(act.trigger);
    return trigger?.parent === act.by ? then(trigger) : ['not_addressed'];
  }

  #asPerson(id: TriggerId, then: (trigger: ModelTrigger) => readonly Outcome[]) {
    const trigger = this.triggers.get(id);
    return trigger === undefined ? ['not_found'] : then(trigger);
  }

  #answer(trigger: ModelTrigger, by: string): readonly Outcome[] {
    const refusal = closedBecause(trigger);
    if (refusal !== undefined) return [refusal];
    trigger.at = 'answered';
    trigger.by = by;
    if (trigger.blocking) this.#put(trigger.child, 'answer');
    if (by === 'ann') this.#tellParent(trigger);
    return ['ok'];
  }

  #toPeople(trigger: ModelTrigger, by: string): readonly Outcome[] {
    const refusal = closedBecause(trigger);
    if (refusal !== undefined) return [refusal];
    if (trigger.at === 'parent' && by === 'ann') this.#tellParent(trigger);
    trigger.at = 'people';
    return ['ok'];
  }

  #withdraw({ by, trigger: id }: { by: string; trigger: TriggerId }): readonly Outcome[] {
    const trigger = this.triggers.get(id);
    if (trigger?.child !== by || !isOpen(trigger)) return ['ok'];
    trigger.at = 'withdrawn';
    this.#tellParent(trigger);
    return ['ok'];
  }

  #say(session: ModelSession, kind: 'prompt' | 'tell'): readonly Outcome[] {
    if (!isLive(session)) {
      if (!session.resumable) return ['session_ended'];
      const refusals = this.#fullness(session.parent);
      const own = this.#treeOf(session.name).filter((name) => this.#live(name)).length;
      if (session.parent === null && own >= LIMITS.maxLiveInTree) refusals.push('tree_limit');
      if (refusals.length > 0) return refusals;
      session.state = 'queued';
    }
    this.#put(session.name, kind);
    return ['ok'];
  }

  /** Into an inbox; what waits for it wakes up. */
  #put(name: string, kind: string): void {
    const session = this.sessions.get(name);
    if (session === undefined) return;
    session.inbox.push(kind);
    if (session.state === 'asleep' && WAKING.has(kind)) session.state = 'queued';
  }

  /** A live parent hears when somebody else closed what it was asked. */
  #tellParent({ parent, blocking }: ModelTrigger): void {
    if (parent !== null && blocking && this.#live(parent)) this.#put(parent, 'trigger_closed');
  }

  #endItself(session: ModelSession, act: Act & { act: 'end' }): readonly Outcome[] {
    if (!isLive(session)) return ['ok'];
    this.#end(session, act);
    if (act.outcome === 'completed' && act.resumable && unseen(session, REVIVING)) session.state = 'queued';
    return ['ok'];
  }

  #end(session: ModelSession, how: { notice?: TriggerId; outcome: string; resumable?: boolean }): void {
    if (!isLive(session)) return;
    session.state = how.outcome;
    if (how.resumable !== undefined) session.resumable = how.resumable;
    for (const trigger of this.triggers.values()) {
      if (trigger.child === session.name && trigger.blocking && isOpen(trigger)) {
        trigger.at = 'child gone';
        this.#tellParent(trigger);
      }
      if (trigger.parent === session.name && trigger.at === 'parent') trigger.at = 'people';
    }
    if (session.parent === null) return;
    const at = this.#live(session.parent) ? 'parent' : 'people';
    if (how.notice !== undefined)
      this.triggers.set(how.notice, { child: session.name, parent: session.parent, blocking: false, at });
    if (at === 'parent') this.#put(session.parent, 'trigger');
  }

  #stop(session: ModelSession, tree: boolean): void {
    const { state } = session;
    if (tree) for (const child of this.#childrenOf(session.name)) this.#stop(child, true);
    if (state === 'asleep' || (state === 'queued' && this.online[session.runner] !== true))
      this.#end(session, { outcome: 'cancelled', resumable: false });
    else if (isLive(session)) this.#put(session.name, 'stop');
  }

  #delete(session: ModelSession): readonly Outcome[] {
    if (isLive(session)) return ['conflict'];
    this.sessions.delete(session.name);
    for (const [id, trigger] of this.triggers) {
      if (trigger.child === session.name) this.triggers.delete(id);
      else if (trigger.parent === session.name) {
        if (trigger.at === 'parent') trigger.at = 'people';
        trigger.parent = null;
      }
    }
    for (const child of this.#childrenOf(session.name)) child.parent = null;
    return ['ok'];
  }

  /** A notice is over when it is on the disk of its reader. */
  #delivered(name: string): readonly Outcome[] {
    for (const trigger of this.triggers.values())
      if (trigger.parent === name && trigger.at === 'parent' && !trigger.blocking) trigger.at = 'told';
    return ['ok'];
  }

  #wait(ms: number): readonly Outcome[] {
    this.now += ms;
    const due = [...this.triggers].flatMap(([id, trigger]) => [
      { at: trigger.escalateAt ?? Infinity, name: `${id} escalate`, fire: () => this.#escalateDue(trigger) },
      { at: trigger.expireAt ?? Infinity, name: `${id} expire`, fire: () => this.#expireDue(trigger) },
    ]);
    due
      .filter(({ at }) => at <= this.now)
      .toSorted((a, b) => a.at - b.at || a.name.localeCompare(b.name))
      .forEach(({ fire }) => fire());
    return ['ok'];
  }

  #escalateDue(trigger: ModelTrigger): void {
    if (trigger.at !== 'parent') return;
    trigger.at = 'people';
    this.#tellParent(trigger);
  }

  #expireDue(trigger: ModelTrigger): void {
    if (!isOpen(trigger)) return;
    trigger.at = 'expired';
    this.#put(trigger.child, 'answer');
    this.#tellParent(trigger);
  }
}

const ENDED = new Set(['completed', 'failed', 'cancelled', 'lost']);
const isLive = (session: ModelSession | undefined) => session !== undefined && !ENDED.has(session.state);
/** The kinds that count lie behind what it has seen. */
const unseen = ({ inbox, consumed }: ModelSession, kinds: ReadonlySet<string>) =>
  inbox.slice(consumed).some((kind) => kinds.has(kind));
const isOpen = ({ at }: ModelTrigger) => at === 'parent' || at === 'people';

function closedBecause(trigger: ModelTrigger): Outcome | undefined {
  if (isOpen(trigger)) return undefined;
  if (trigger.at === 'answered') return 'already_answered';
  return trigger.at === 'child gone' ? 'child_gone' : 'trigger_closed';
}
