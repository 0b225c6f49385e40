/** Runners: joining, their presence, and the sessions they are to have. */
import type {
  Assignment,
  ChildSummary,
  RunnerAnswer,
  RunnerId,
  RunnerOrder,
  RunnerProfile,
  RunnerSummary,
  RunnerView,
  SessionId,
} from '@treeline/shared';
import { ErrorCode, isOpen, newId, TreelineError } from '@treeline/shared';
import { endSession } from '../domain/ending.ts';
import { heartbeat, joinRunner, linkClosed } from '../domain/presence.ts';
import type { Principal } from '../domain/principal.ts';
import type { RunnerRecord, SessionRecord, TriggerRecord } from '../domain/records.ts';
import { removeRunner } from '../domain/runner-removal.ts';
import type { Context } from './context.ts';
import { liveOn } from './live-on.ts';
import { Orders } from './orders.ts';
import { RunnerHello } from './runner-hello.ts';
import type { Link, RunnerService } from './services.ts';
import type { LostWrites } from './lost-writes.ts';
import { idsPer } from './sessions.ts';

const MAX = 5000;

export class Runners implements RunnerService {
  readonly #context: Context;
  readonly #hello: RunnerHello;
  readonly #orders: Orders;

  constructor(context: Context, lost: LostWrites) {
    this.#context = context;
    this.#hello = new RunnerHello(context, lost);
    this.#orders = new Orders(context.hints);
  }

  async list(by: Principal): Promise<RunnerView[]> {
    return this.#context.views.runners(by.ns, await this.#all(by.ns));
  }

  async get(by: Principal, id: RunnerId): Promise<RunnerView> {
    const view = await this.#context.views.runner(by.ns, id);
    if (view === undefined) throw new TreelineError('not_found', `There is no runner ${id}`);
    return view;
  }

  async order(by: Principal, id: RunnerId, order: RunnerOrder): Promise<RunnerAnswer> {
    const { profile, online } = await this.get(by, id);
    if (!online) throw new TreelineError('no_runner', `${profile.name} is offline: nobody can ask it for anything`);
    return this.#orders.give(by.ns, id, order);
  }

  async remove(by: Principal, id: RunnerId): Promise<SessionId[]> {
    const { transact, config } = this.#context;
    const triggerId = idsPer('trigger');
    let lost: SessionId[] = [];
    await transact.run({ ns: by.ns, call: by.call }, (draft) => {
      lost = removeRunner(draft, id, { triggerId, times: config.rules.times });
    });
    return lost;
  }

  async join(ns: string, profile: RunnerProfile): Promise<RunnerView> {
    await this.#context.transact.run({ ns }, (draft) => joinRunner(draft, profile));
    const view = await this.#context.views.runner(ns, profile.id);
    if (view === undefined) throw new TreelineError('internal', 'The runner was stored and is not there');
    return view;
  }

  hello(by: Principal & { kind: 'runner' }, payload: Parameters<RunnerService['hello']>[1]) {
    return this.#hello.hello(by, payload);
  }

  async heartbeat(link: Link, payload: Parameters<RunnerService['heartbeat']>[1]): Promise<void> {
    const { transact, config } = this.#context;
    await transact.run({ ns: link.ns }, (draft) => {
      heartbeat(draft, link.runnerId, {
        fence: link.fence,
        health: payload.health,
        relayId: config.relayId,
        times: config.presence,
      });
    });
  }

  async disconnected(link: Link, onPurpose: boolean): Promise<void> {
    const { transact, config } = this.#context;
    await transact.run({ ns: link.ns }, (draft) => {
      linkClosed(draft, link.runnerId, { fence: link.fence, onPurpose, times: config.presence });
    });
  }

  async assignments(link: Link): Promise<Assignment[]> {
    const live = await liveOn(this.#context.store, link);
    const queued = live.filter(({ lifecycle }) => lifecycle.state === 'queued');
    return Promise.all(queued.map((session) => this.#assignment(link.ns, session)));
  }

  async refused(link: Link, refusal: { id: SessionId; code: string; message: string }): Promise<void> {
    const { transact, config } = this.#context;
    const code = ErrorCode.safeParse(refusal.code);
    const triggerId = newId('trigger');
    await transact.run({ ns: link.ns }, (draft) => {
      const session = draft.get('session', refusal.id);
      if (session?.runnerId !== link.runnerId || session.lifecycle.state !== 'queued') return;
      const detail = `The runner refused it: ${refusal.message}${code.success ? ` (${code.data})` : ''}`;
      endSession(
        draft,
        session,
        { triggerId, outcome: 'failed', reason: 'config', detail, resumable: false },
        config.rules.times,
      );
    });
  }

  async listForSession(link: Link, session: SessionId): Promise<RunnerSummary[]> {
    await this.#mine(link, session);
    const runners = await this.#all(link.ns);
    const views = await this.#context.views.runners(link.ns, runners);
    return views.map(({ id, profile, online, sessions }) => ({
      runnerId: id,
      name: profile.name,
      online,
      self: id === link.runnerId,
      labels: profile.labels,
      agents: profile.agents.filter(({ problem }) => problem === undefined).map(({ name }) => name),
      sessions,
      capacity: profile.capacity,
    }));
  }

  async childrenOf(link: Link, session: SessionId): Promise<ChildSummary[]> {
    await this.#mine(link, session);
    const { store } = this.#context;
    const children = await store.list<SessionRecord>({
      ns: link.ns,
      kind: 'session',
      index: 'parent',
      value: session,
      limit: MAX,
    });
    const triggers = await store.list<TriggerRecord>({
      ns: link.ns,
      kind: 'trigger',
      index: 'openTo',
      value: session,
      limit: MAX,
    });
    return children.map(({ value: child }) => ({
      sessionId: child.id,
      title: child.title,
      agent: child.agent,
      runnerId: child.runnerId,
      state: child.lifecycle.state === 'ended' ? child.lifecycle.outcome : child.lifecycle.state,
      ...(child.lifecycle.state === 'ended' && child.lifecycle.summary !== undefined
        ? { summary: child.lifecycle.summary }
        : {}),
      openTriggers: triggers
        .map(({ value }) => value)
        .filter((trigger) => trigger.sessionId === child.id && isOpen(trigger))
        .map(({ id, type, text }) => ({ triggerId: id, type, text })),
    }));
  }

  async #assignment(ns: string, session: SessionRecord): Promise<Assignment> {
    const { store, config } = this.#context;
    const head = await store.head(ns, session.id);
    return {
      id: session.id,
      attempt: session.attempt,
      agent: session.agent,
      title: session.title,
      ...(session.cwd === undefined ? {} : { cwd: session.cwd }),
      ...(session.worktree === undefined ? {} : { worktree: session.worktree }),
      ...(session.limits === undefined ? {} : { limits: session.limits }),
      ...(session.model === undefined ? {} : { model: session.model }),
      labels: session.labels,
      parentId: session.parentId,
      rootId: session.rootId,
      depth: session.depth,
      epoch: Math.max(1, head.epoch),
      inboxAfter: session.inbox.consumed,
      shareUrl: `${config.publicUrl()}/s/${session.id}`,
    };
  }

  async #mine(link: Link, id: SessionId): Promise<void> {
    const session = await this.#context.store.get<SessionRecord>(link.ns, { kind: 'session', id });
    if (session?.value.runnerId !== link.runnerId)
      throw new TreelineError('not_yours', `Session ${id} is not on this runner`);
  }

  async #all(ns: string): Promise<RunnerRecord[]> {
    return (await this.#context.store.list<RunnerRecord>({ ns, kind: 'runner', limit: MAX })).map(({ value }) => value);
  }
}
