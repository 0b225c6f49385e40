/** The relay as the rest of the viewer knows it: a world that changes by itself, and what a person can do. */
import type { RunnerId, SessionId, StopStrength, TriggerAction, TriggerId, TriggerView } from '@treeline/shared';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  NOTHING,
  withKnownTriggers,
  withLink,
  withOverview,
  withoutSession,
  withRunner,
  withoutRunner,
  withSessions,
  withTrigger,
  type Missing,
  type World,
} from '../state/world.ts';
import { formatPosition } from '../state/position.ts';
import { begin } from '../state/transcript.ts';
import { Follower } from './follower.ts';
import { KeptView } from './kept-view.ts';
import { Outbox } from './outbox.ts';
import { Pushes } from './pushes.ts';
import { Saved } from './saved.ts';
import { Worker } from './worker.ts';
import { request, type Request, type Response } from './http.ts';
import { Link } from './link.ts';
import { RelayProblem } from './problem.ts';
import { requestKey } from './request-key.ts';
import { TreeHistory } from './tree-history.ts';

const ENDED_SESSIONS = 200;
const PAST_TRIGGERS = 200;
const SEARCH_FROM_CHARS = 2;
/** While somebody types. */
const SEARCH_AFTER_MS = 250;
const SEARCH_PAGES = 10;
const AGAIN_MS = 3_000;
/** Somebody who waits longer for the relay reads what was kept. */
const SHOW_KEPT_MS = 1_000;

export class Relay {
  readonly world: StoreApi<World> = createStore(() => NOTHING);
  readonly #followers = new Set<Follower>();
  readonly #link: Link;
  readonly #onUp = new Set<() => void>();
  /** Who is signed in is being asked: an answer from before a sign-in must not come after it and end it. */
  #looking: Promise<void> = Promise.resolve();
  readonly #saved = new Saved();
  readonly #kept = new KeptView(this.#saved, this.world);
  /** Messages on their way. */
  readonly outbox: Outbox;
  /** What this browser has to do with notifications. */
  readonly pushes = new Pushes(this.#saved);
  readonly worker = new Worker();

  constructor() {
    const now = () => Date.now();
    this.outbox = new Outbox({
      saved: this.#saved,
      isUp: () => this.world.getState().link === 'online',
      send: async ({ sessionId: id, key, text, deliverAs }) => {
        await request('sendMessage', { params: { id }, body: { key, text, deliverAs } });
      },
    });
    this.#link = new Link({
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
        session: ({ session }) => this.#change((world) => withSessions(world, [session])),
        session_gone: ({ session }) => this.#change((world) => withoutSession(world, session)),
        session_trigger: ({ trigger }) => this.#trigger(trigger),
        trigger_response: ({ trigger }) => this.#trigger(trigger),
        runner: ({ runner }) => this.#change((world) => withRunner(world, runner)),
        runner_removed: ({ id }) => this.#change((world) => withoutRunner(world, id)),
      },
      onUp: () => void this.#up(),
      onDown: (away) => this.#change((world) => withLink(world, 'offline', { now: now(), away })),
      onDoubt: () => this.#change((world) => withLink(world, 'connecting', { now: now() })),
      onSignedOut: () => this.#forgetAll(),
    });
  }

  /** Finds out who is signed in, and connects if somebody is. */
  start(): Promise<void> {
    this.#looking = this.#look();
    return this.#looking;
  }

  async #look(): Promise<void> {
    const late = setTimeout(() => void this.#showKept(), SHOW_KEPT_MS);
    try {
      const me = await request('whoAmI', {});
      const kept = await this.#kept.world();
      // Somebody else sat here before.
      if (kept?.me !== undefined && kept.me.name !== me.name) await this.#wipe();
      this.#change((world) => ({ ...world, access: 'signed_in', me }));
    } catch (error) {
      if (error instanceof RelayProblem && error.code === 'unauthenticated') return this.#forgetAll();
      // The relay may be away for a moment; the link finds out.
      await this.#showKept();
      const away = navigator.onLine ? 'silent' : 'no_network';
      this.#change((world) => withLink({ ...world, access: 'signed_in' }, 'offline', { now: Date.now(), away }));
    } finally {
      clearTimeout(late);
    }
    void this.outbox.restore();
    this.#link.open();
  }

  /** The last view, unless there is a better one by now. */
  async #showKept(): Promise<void> {
    const kept = await this.#kept.world();
    this.#change((world) => (kept === undefined || world.loaded ? world : kept));
  }

  /** Nobody is signed in: nothing of what was seen stays in this browser. */
  #forgetAll(): void {
    this.#change(() => ({ ...NOTHING, access: 'signed_out' }));
    void this.#wipe();
  }

  async #wipe(): Promise<void> {
    this.outbox.forget();
    await this.#kept.wipe();
  }

  async signIn(code: string): Promise<void> {
    await this.#looking;
    await request('signIn', { body: { code } });
    await this.start();
  }

  /** Throws unauthenticated for a wrong name, a wrong password, and somebody who is disabled alike. */
  async signInWithPassword(as: { name: string; password: string }): Promise<void> {
    await this.#looking;
    await request('signIn', { body: as });
    await this.start();
  }

  /** With the code of an invitation, or the first one of a relay. */
  async setUp(given: { code: string; password?: string }): Promise<void> {
    await this.#looking;
    await request('setUp', { body: given });
    await this.start();
  }

  async signOut(): Promise<void> {
    await this.pushes.leave();
    await request('signOut', {});
    this.#link.close();
    this.#change(() => ({ ...NOTHING, access: 'signed_out' }));
    await this.#wipe();
  }

  /** One that rests until it is followed. */
  follower(session: SessionId): Follower {
    return new Follower({
      session,
      link: this.#link,
      kept: this.#kept,
      onSession: (view) => this.#change((world) => withSessions(world, [view])),
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
    return new TreeHistory();
  }

  /** What a session was told first, if its log has it. */
  async firstPrompt(id: SessionId): Promise<string | undefined> {
    const { frames } = await request('readLog', { params: { id }, query: { after: '0-0' as never, limit: 10 } });
    const row = begin(frames, { earlier: false }).rows.find(({ kind }) => kind === 'user');
    return row?.kind === 'user' ? row.text : undefined;
  }

  /** One record of a log, as it is there. */
  async logEntry(id: string, entry: string): Promise<unknown> {
    const [epoch = 0, seq = 0] = entry.split('-').map(Number);
    const after = formatPosition({ epoch, seq: seq - 1 }) as never;
    const { frames } = await request('readLog', { params: { id: id as SessionId }, query: { after, limit: 1 } });
    const [frame] = frames;
    const records: unknown = frame === undefined ? undefined : JSON.parse(frame.body);
    return Array.isArray(records) && frame !== undefined ? records[seq - frame.first] : undefined;
  }

  /** Calls back whenever the link has come up; returns how to stop that. */
  whenUp(listener: () => void): () => void {
    this.#onUp.add(listener);
    if (this.#link.isUp) listener();
    return () => void this.#onUp.delete(listener);
  }

  /** The first answer counts: a later one rejects with already_answered, and the world then says whose counted. */
  async respond(id: TriggerId, answer: { response: string; action?: TriggerAction; key: string }): Promise<void> {
    try {
      const trigger = await request('respondToTrigger', { params: { id }, body: answer });
      this.#trigger(trigger, true);
    } catch (error) {
      if (error instanceof RelayProblem && error.code !== 'unavailable') await this.#refresh(id);
      throw error;
    }
  }

  /** From the parent to people. */
  async takeOver(id: TriggerId): Promise<void> {
    this.#trigger(await request('escalateTrigger', { params: { id }, body: { key: requestKey() } }));
  }

  async stop(id: SessionId, how: { tree: boolean; strength: StopStrength }): Promise<number> {
    const { stopping } = await request('stopSession', { params: { id }, body: how });
    return stopping.length;
  }

  async describe(id: SessionId, as: Request<'describeSession'>['body']): Promise<void> {
    const session = await request('describeSession', { params: { id }, body: as });
    this.#change((world) => withSessions(world, [session]));
  }

  /** For everybody, until then; null brings it back now. */
  async snooze(id: TriggerId, until: number | null): Promise<void> {
    this.#trigger(await request('snoozeTrigger', { params: { id }, body: { until } }));
  }

  async remove(id: SessionId): Promise<void> {
    await request('deleteSession', { params: { id } });
    this.#change((world) => withoutSession(world, id));
  }

  async spawn(spec: Request<'createSession'>['body']): Promise<SessionId> {
    const { session } = await request('createSession', { body: spec });
    this.#change((world) => withSessions(world, [session]));
    return session.id;
  }

  /**
   * Looks for sessions that the page does not know: those found join the world. Returns how to give it up. A search that
   * the relay does not answer finds what is known here.
   */
  search(words: string): () => void {
    if (words.trim().length < SEARCH_FROM_CHARS) return () => undefined;
    let wanted = true;
    const timer = setTimeout(() => void this.#search(words, () => wanted).catch(() => undefined), SEARCH_AFTER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }

  async #search(words: string, isWanted: () => boolean): Promise<void> {
    let after: string | undefined;
    for (let page = 0; page < SEARCH_PAGES && isWanted(); page++) {
      const query = { search: words, limit: ENDED_SESSIONS, ...(after !== undefined && { after }) };
      const found = await request('listSessions', { query });
      this.#change((world) => withSessions(world, found.sessions));
      after = found.next;
      if (after === undefined) return;
    }
  }

  /** A session by its id, if it is not known yet. */
  async load(id: SessionId): Promise<void> {
    const session = await request('getSession', { params: { id } });
    this.#change((world) => withSessions(world, [session]));
  }

  /** The whole tree, its ended members included, and the triggers of one session. */
  async loadAround(session: { id: SessionId; rootId: SessionId }): Promise<void> {
    const [tree, own] = await Promise.all([
      request('listSessions', { query: { root: session.rootId, limit: ENDED_SESSIONS } }),
      request('listTriggers', { query: { state: 'all', root: session.rootId, limit: PAST_TRIGGERS } }),
    ]);
    this.#change((world) => withKnownTriggers(withSessions(world, tree.sessions), own.triggers));
  }

  async loadTrigger(id: TriggerId): Promise<void> {
    this.#trigger(await request('getTrigger', { params: { id } }));
  }

  /** Who did what, newest first. */
  audit(query: Request<'listAudit'>['query']): Promise<Response<'listAudit'>> {
    return request('listAudit', { query });
  }

  /** Rejects with no_runner when it is offline or silent, and with its own refusal. */
  orderRunner(id: RunnerId, order: Request<'orderRunner'>['body']): Promise<Response<'orderRunner'>> {
    return request('orderRunner', { params: { id }, body: order });
  }

  /** Its key ends, and what lives on it is lost. */
  async removeRunner(id: RunnerId): Promise<void> {
    await request('removeRunner', { params: { id } });
    this.#change((world) => withoutRunner(world, id));
  }

  async keys(): Promise<Response<'listKeys'>['keys']> {
    return (await request('listKeys', {})).keys;
  }

  createKey(body: Request<'createKey'>['body']): Promise<Response<'createKey'>> {
    return request('createKey', { body });
  }

  async revokeKey(id: Response<'listKeys'>['keys'][number]['id']): Promise<void> {
    await request('revokeKey', { params: { id } });
  }

  /** A code for another browser. */
  createSignInCode(): Promise<Response<'createSignInCode'>> {
    return request('createSignInCode', {});
  }

  async #up(): Promise<void> {
    try {
      const overview = await this.#link.ask('overview', {});
      let missing: Missing = { sessions: [], triggers: [] };
      this.#change((world) => {
        const next = withOverview(world, overview);
        missing = next.missing;
        return withLink({ ...next.world, access: 'signed_in' }, 'online', { now: Date.now() });
      });
      this.outbox.flush();
      this.worker.look();
      for (const follower of this.#followers) void follower.attach();
      for (const listener of this.#onUp) listener();
      const ended = await request('listSessions', { query: { state: 'ended', limit: ENDED_SESSIONS } });
      this.#change((world) => withSessions(world, ended.sessions));
      await this.#catchUp(missing);
      if (this.world.getState().me === undefined) {
        const me = await request('whoAmI', {});
        this.#change((world) => ({ ...world, me }));
      }
    } catch {
      // Down again: the next `up` does all of this anew. Still up: the relay had a bad moment.
      setTimeout(() => {
        if (this.#link.isUp) void this.#up();
      }, AGAIN_MS);
    }
  }

  /** What changed while nobody listened. */
  async #catchUp({ sessions, triggers }: Missing): Promise<void> {
    const loads = [
      ...sessions.map((id) => this.load(id).catch((error: unknown) => this.#forget(error, id))),
      ...triggers.map((id) => this.#refresh(id)),
    ];
    await Promise.all(loads);
  }

  #forget(error: unknown, id: string): void {
    if (error instanceof RelayProblem && error.code === 'not_found') this.#change((world) => withoutSession(world, id));
  }

  async #refresh(id: TriggerId): Promise<void> {
    try {
      await this.loadTrigger(id);
    } catch (error) {
      if (!(error instanceof RelayProblem) || error.code !== 'not_found') return;
      this.#change((world) => {
        const triggers = new Map(world.triggers);
        triggers.delete(id);
        return { ...world, triggers };
      });
    }
  }

  #trigger(trigger: TriggerView, byMe = false): void {
    this.#change((world) => withTrigger(world, trigger, { at: Date.now(), byMe }));
  }

  #change(change: (world: World) => World): void {
    this.world.setState(change, true);
  }
}
