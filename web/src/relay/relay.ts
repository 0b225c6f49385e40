/** The relay as the rest of the viewer knows it: a world that changes by itself, and what a person can do. */
import type { RunnerId, SessionId, StopStrength, TriggerAction, TriggerId } from '@treeline/shared';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  NOTHING,
  withKnownTriggers,
  withLink,
  withoutTrigger,
  withSessions,
  type Missing,
  type World,
} from '../state/world.ts';
import { begin } from '../state/transcript.ts';
import { relayNow } from './clock.ts';
import { Feed, type Surrounded } from './feed.ts';
import { KeptView } from './kept-view.ts';
import { Outbox } from './outbox.ts';
import { comeBackFromOidc, goToOidc } from './oidc.ts';
import { signWithPasskey } from './passkeys.ts';
import { Pushes } from './pushes.ts';
import { Saved } from './saved.ts';
import { Search } from './search.ts';
import { Worker } from './worker.ts';
import { request, type Ask, type Request, type Response } from './http.ts';
import { RelayProblem } from './problem.ts';
import { requestKey } from './request-key.ts';

const ENDED_SESSIONS = 200;
const PAST_TRIGGERS = 200;
/** Somebody who waits longer for the relay reads what was kept. */
const SHOW_KEPT_MS = 1_000;

export class Relay {
  readonly world: StoreApi<World> = createStore(() => NOTHING);
  /** Any endpoint, for what changes nothing in the world: keys, people, devices, links. */
  readonly request: Ask = request;
  /** Who is signed in is being asked: an answer from before a sign-in must not come after it and end it. */
  #looking: Promise<void> = Promise.resolve();
  readonly #saved = new Saved();
  readonly #kept = new KeptView(this.#saved, this.world);
  readonly feed = new Feed({
    world: this.world,
    request,
    kept: this.#kept,
    onOverview: (missing) => this.#complete(missing),
    loadAround: (session) => this.#loadAround(session),
    onSignedOut: () => this.#forgetAll(),
  });
  /** Messages on their way. */
  readonly outbox = new Outbox({
    saved: this.#saved,
    isUp: () => this.world.getState().link === 'online',
    send: async ({ sessionId: id, key, text, deliverAs }) => {
      await request('sendMessage', { params: { id }, body: { key, text, deliverAs } });
    },
  });
  /** What this browser has to do with notifications. */
  readonly pushes = new Pushes(this.#saved);
  readonly worker = new Worker();
  readonly #search = new Search((found) => this.feed.sessions(found));

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
      this.feed.change((world) => ({ ...world, access: 'signed_in', me }));
    } catch (error) {
      if (error instanceof RelayProblem && error.code === 'unauthenticated') return this.#forgetAll();
      // The relay may be away for a moment; the link finds out.
      await this.#showKept();
      const away = navigator.onLine ? 'silent' : 'no_network';
      this.feed.change((world) => withLink({ ...world, access: 'signed_in' }, 'offline', { now: relayNow(), away }));
    } finally {
      clearTimeout(late);
    }
    void this.outbox.restore();
    this.feed.open();
  }

  /** The last view, unless there is a better one by now. */
  async #showKept(): Promise<void> {
    const kept = await this.#kept.world();
    this.feed.change((world) => (kept === undefined || world.loaded ? world : kept));
  }

  /** Nobody is signed in: nothing of what was seen stays in this browser. */
  #forgetAll(): void {
    this.feed.change(() => ({ ...NOTHING, access: 'signed_out' }));
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

  /** Rejects when the person or the device refuses, and with unauthenticated for a passkey that opens nothing here. */
  async signInWithPasskey(): Promise<void> {
    await this.#looking;
    await signWithPasskey();
    await this.start();
  }

  signInWays(): Promise<Response<'signInWays'>> {
    return request('signInWays', {});
  }

  /** Leaves this page for the other place that people sign in at. */
  goToOidc(): Promise<void> {
    return goToOidc();
  }

  /** With the query that the browser came back with. */
  async comeBackFromOidc(query: string): Promise<void> {
    await this.#looking;
    await comeBackFromOidc(query);
    await this.start();
  }

  /** One's own; all other devices are signed out. Rejects with forbidden for a wrong current one. */
  async setPassword(body: Request<'setPassword'>['body']): Promise<void> {
    await request('setPassword', { body });
    this.feed.change((world) => ({ ...world, me: world.me && { ...world.me, hasPassword: true } }));
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
    this.feed.close();
    this.feed.change(() => ({ ...NOTHING, access: 'signed_out' }));
    await this.#wipe();
  }

  /** What a session was told first, if its log has it. */
  async firstPrompt(id: SessionId): Promise<string | undefined> {
    const { frames } = await request('readLog', { params: { id }, query: { after: '0-0' as never, limit: 10 } });
    const row = begin(frames, { earlier: false }).rows.find(({ kind }) => kind === 'user');
    return row?.kind === 'user' ? row.text : undefined;
  }

  /** The first answer counts: a later one rejects with already_answered, and the world then says whose counted. */
  async respond(id: TriggerId, answer: { response: string; action?: TriggerAction; key: string }): Promise<void> {
    try {
      const trigger = await request('respondToTrigger', { params: { id }, body: answer });
      this.feed.trigger(trigger, true);
    } catch (error) {
      if (error instanceof RelayProblem && error.code !== 'unavailable') await this.#refresh(id);
      throw error;
    }
  }

  /** From the parent to people. */
  async takeOver(id: TriggerId): Promise<void> {
    this.feed.trigger(await request('escalateTrigger', { params: { id }, body: { key: requestKey() } }));
  }

  async stop(id: SessionId, how: { tree: boolean; strength: StopStrength }): Promise<number> {
    const { stopping } = await request('stopSession', { params: { id }, body: how });
    return stopping.length;
  }

  async describe(id: SessionId, as: Request<'describeSession'>['body']): Promise<void> {
    const session = await request('describeSession', { params: { id }, body: as });
    this.feed.sessions([session]);
  }

  /** For everybody, until then; null brings it back now. */
  async snooze(id: TriggerId, until: number | null): Promise<void> {
    this.feed.trigger(await request('snoozeTrigger', { params: { id }, body: { until } }));
  }

  async remove(id: SessionId): Promise<void> {
    await request('deleteSession', { params: { id } });
    this.feed.sessionGone(id);
  }

  async spawn(spec: Request<'createSession'>['body']): Promise<SessionId> {
    const { session } = await request('createSession', { body: spec });
    this.feed.sessions([session]);
    return session.id;
  }

  /**
   * Looks for sessions that the page does not know: those found join the world. Returns how to give it up. A search that
   * the relay does not answer finds what is known here.
   */
  search(words: string): () => void {
    return this.#search.begin(words);
  }

  /** A session by its id, if it is not known yet. */
  async load(id: SessionId): Promise<void> {
    const session = await request('getSession', { params: { id } });
    this.feed.sessions([session]);
  }

  /** The whole tree, its ended members included, its triggers, and the parent that it had, if that is still there. */
  async #loadAround({ rootId, formerParentId: former }: Surrounded): Promise<void> {
    if (former !== undefined) void this.load(former).catch((error: unknown) => this.#forget(error, former));
    const [tree, own] = await Promise.all([
      request('listSessions', { query: { root: rootId, limit: ENDED_SESSIONS } }),
      request('listTriggers', { query: { state: 'all', root: rootId, limit: PAST_TRIGGERS } }),
    ]);
    this.feed.change((world) => withKnownTriggers(withSessions(world, tree.sessions), own.triggers));
  }

  async loadTrigger(id: TriggerId): Promise<void> {
    this.feed.trigger(await request('getTrigger', { params: { id } }));
  }

  /** Rejects with no_runner when it is offline or silent, and with its own refusal. */
  orderRunner(id: RunnerId, order: Request<'orderRunner'>['body']): Promise<Response<'orderRunner'>> {
    return request('orderRunner', { params: { id }, body: order });
  }

  /** Its key ends, and what lives on it is lost. */
  async removeRunner(id: RunnerId): Promise<void> {
    await request('removeRunner', { params: { id } });
    this.feed.runnerGone(id);
  }

  /** What an overview leaves out. */
  async #complete(missing: Missing): Promise<void> {
    this.outbox.flush();
    this.worker.look();
    const ended = await request('listSessions', { query: { state: 'ended', limit: ENDED_SESSIONS } });
    this.feed.sessions(ended.sessions);
    await this.#catchUp(missing);
    if (this.world.getState().me !== undefined) return;
    const me = await request('whoAmI', {});
    this.feed.change((world) => ({ ...world, me }));
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
    if (error instanceof RelayProblem && error.code === 'not_found') this.feed.sessionGone(id);
  }

  async #refresh(id: TriggerId): Promise<void> {
    try {
      await this.loadTrigger(id);
    } catch (error) {
      if (!(error instanceof RelayProblem) || error.code !== 'not_found') return;
      this.feed.change((world) => withoutTrigger(world, id));
    }
  }
}
