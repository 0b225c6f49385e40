/** What the relay shows and keeps up to date: the world, and the logs that are followed. Whoever only looks needs no more. */
import type { RunnerView, SessionId, SessionView, TriggerView } from '@treeline/shared';
import type { StoreApi } from 'zustand/vanilla';
import { formatPosition } from '../state/position.ts';
import {
  withLink,
  withOverview,
  withoutRunner,
  withoutSession,
  withRunner,
  withSessions,
  withTrigger,
  type Missing,
  type World,
} from '../state/world.ts';
import { relayNow } from './clock.ts';
import { Follower } from './follower.ts';
import type { Ask } from './http.ts';
import type { KeptView } from './kept-view.ts';
import { Link } from './link.ts';
import { TreeHistory } from './tree-history.ts';

const AGAIN_MS = 3_000;

/** Of a session that is looked at: where what is around it is found. */
export type Surrounded = Pick<SessionView, 'rootId'> & { readonly formerParentId: SessionId | undefined };

export interface FeedOptions {
  readonly world: StoreApi<World>;
  readonly request: Ask;
  /** Of a share link; absent: the cookie. */
  readonly secret?: string;
  /** Absent: nothing of it stays in this browser. */
  readonly kept?: KeptView;
  /** Gets what the overview is known not to say, each time that the link has come up. It is called again when that rejects. */
  readonly onOverview: (missing: Missing) => Promise<void>;
  /** What is around a session that is looked at. */
  readonly loadAround: (session: Surrounded) => Promise<void>;
  /** The credential works no longer. */
  readonly onSignedOut: () => void;
}

export class Feed {
  readonly world: StoreApi<World>;
  readonly #options: FeedOptions;
  readonly #followers = new Set<Follower>();
  readonly #onUp = new Set<() => void>();
  readonly #link: Link;

  constructor(options: FeedOptions) {
    this.world = options.world;
    this.#options = options;
    this.#link = new Link({
      secret: options.secret,
      handlers: {
        log: ({ frames }) => {
          for (const follower of this.#followers) {
            const mine = frames.filter(({ session }) => session === follower.session);
            if (mine.length > 0) follower.take(mine);
          }
        },
        delta: (delta) => {
          for (const follower of this.#followers) if (follower.session === delta.session) follower.takeDelta(delta);
        },
        resync: ({ session }) => {
          for (const follower of this.#followers) if (follower.session === session) void follower.attach();
        },
        session: ({ session }) => this.sessions([session]),
        session_gone: ({ session }) => this.sessionGone(session),
        session_trigger: ({ trigger }) => this.trigger(trigger),
        trigger_response: ({ trigger }) => this.trigger(trigger),
        runner: ({ runner }) => this.runner(runner),
        runner_removed: ({ id }) => this.runnerGone(id),
      },
      onUp: () => void this.#up(),
      onDown: (away) => this.change((world) => withLink(world, 'offline', { now: relayNow(), away })),
      onDoubt: () => this.change((world) => withLink(world, 'connecting', { now: relayNow() })),
      onSignedOut: options.onSignedOut,
    });
  }

  open(): void {
    this.#link.open();
  }

  close(): void {
    this.#link.close();
  }

  /** One that rests until it is followed. */
  follower(session: SessionId): Follower {
    const { request, kept } = this.#options;
    return new Follower({
      session,
      link: this.#link,
      request,
      kept,
      onSession: (view) => this.sessions([view]),
    });
  }

  /** Keeps the follower's transcript up to date; returns how to end that. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    follower.open();
    return () => {
      this.#followers.delete(follower);
      follower.close();
    };
  }

  /** The facts of a tree's logs; they are read when it is asked to. */
  treeHistory(): TreeHistory {
    return new TreeHistory(this.#options.request);
  }

  /** One record of a log, as it is there. */
  async logEntry(id: string, entry: string): Promise<unknown> {
    const [epoch = 0, seq = 0] = entry.split('-').map(Number);
    const after = formatPosition({ epoch, seq: seq - 1 }) as never;
    const input = { params: { id: id as SessionId }, query: { after, limit: 1 } };
    const [frame] = (await this.#options.request('readLog', input)).frames;
    const records: unknown = frame === undefined ? undefined : JSON.parse(frame.body);
    return Array.isArray(records) && frame !== undefined ? records[seq - frame.first] : undefined;
  }

  /** Loads what is around a session, now and whenever the link returns; returns how to end that. */
  surround(session: Surrounded): () => void {
    // Without it the transcript says less.
    return this.whenUp(() => void this.#options.loadAround(session).catch(() => undefined));
  }

  /** Calls back whenever the link has come up; returns how to stop that. */
  whenUp(listener: () => void): () => void {
    this.#onUp.add(listener);
    if (this.#link.isUp) listener();
    return () => void this.#onUp.delete(listener);
  }

  sessions(fresh: readonly SessionView[]): void {
    this.change((world) => withSessions(world, fresh));
  }

  sessionGone(id: string): void {
    this.change((world) => withoutSession(world, id));
  }

  /** `byMe`: by an answer of this page. */
  trigger(trigger: TriggerView, byMe = false): void {
    this.change((world) => withTrigger(world, trigger, { at: relayNow(), byMe }));
  }

  runner(runner: RunnerView): void {
    this.change((world) => withRunner(world, runner));
  }

  runnerGone(id: string): void {
    this.change((world) => withoutRunner(world, id));
  }

  change(change: (world: World) => World): void {
    this.world.setState(change, true);
  }

  async #up(): Promise<void> {
    try {
      const overview = await this.#link.ask('overview', {});
      let missing: Missing = { sessions: [], triggers: [] };
      this.change((world) => {
        const next = withOverview(world, overview);
        missing = next.missing;
        return withLink({ ...next.world, access: 'signed_in' }, 'online', { now: relayNow() });
      });
      for (const follower of this.#followers) void follower.attach();
      for (const listener of this.#onUp) listener();
      await this.#options.onOverview(missing);
    } catch {
      // Down again: the next `up` does all of this anew. Still up: the relay had a bad moment.
      setTimeout(() => {
        if (this.#link.isUp) void this.#up();
      }, AGAIN_MS);
    }
  }
}
