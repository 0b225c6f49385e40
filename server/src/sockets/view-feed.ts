/** Tells viewers what changed: hints are gathered, each view is loaded once, and goes to the overview and the sessions it is about. */
import { isOpen, type RunnerId, type SessionId, type SessionView, type TriggerId } from '@treeline/shared';
import type { Namespace } from 'socket.io';
import type { Hint } from '../ports/hints.ts';
import type { ViewService } from '../services/services.ts';
import { aboutRoom, overviewRoom, shownRoom } from './room-names.ts';
import { WokenLoop } from './woken-loop.ts';

export interface ViewFeedOptions {
  readonly namespace: Namespace;
  readonly views: ViewService;
  readonly signal: AbortSignal;
  /** Somebody looks through a share link. */
  readonly hasLinks: () => boolean;
  readonly onError: (error: unknown) => void;
}

export class ViewFeed {
  readonly #options: ViewFeedOptions;
  readonly #pending = new Map<string, () => Promise<void>>();
  readonly #loop: WokenLoop;

  constructor(options: ViewFeedOptions) {
    this.#options = options;
    this.#loop = new WokenLoop({ work: () => this.#round(), signal: options.signal, onError: () => 'retry' });
  }

  hint(hint: Hint): void {
    if (this.#options.namespace.sockets.size === 0) return;
    if (hint.type === 'session') this.#add(hint.id, () => this.#session(hint.ns, hint.id));
    else if (hint.type === 'trigger') this.#add(hint.id, () => this.#trigger(hint.ns, hint.id));
    else if (hint.type === 'runner') this.#add(hint.id, () => this.#runner(hint.ns, hint.id));
  }

  #add(key: string, load: () => Promise<void>): void {
    this.#pending.set(key, load);
    this.#loop.wake();
  }

  async #round(): Promise<void> {
    const loads = [...this.#pending.values()];
    this.#pending.clear();
    await Promise.all(loads.map((load) => load().catch(this.#options.onError)));
  }

  async #session(ns: string, id: SessionId): Promise<void> {
    const { namespace, views } = this.#options;
    const session = await views.session(ns, id);
    if (session === undefined) {
      const rooms = [overviewRoom(ns), aboutRoom(ns, id), shownRoom(ns, id, 'one'), shownRoom(ns, id, 'tree')];
      namespace.local.to(rooms).emit('session_gone', { session: id });
      return;
    }
    const rooms = [overviewRoom(ns), aboutRoom(ns, id), ...(await this.#shownIn(ns, session))];
    namespace.local.to(rooms).emit('session', { session });
  }

  /** Links that show it: alone, or below one of its ancestors. */
  async #shownIn(ns: string, session: SessionView): Promise<string[]> {
    const { views } = this.#options;
    const rooms = [shownRoom(ns, session.id, 'one')];
    for (let at: SessionView | undefined = this.#options.hasLinks() ? session : undefined; at !== undefined;) {
      rooms.push(shownRoom(ns, at.id, 'tree'));
      at = at.parentId === null ? undefined : await views.session(ns, at.parentId);
    }
    return rooms;
  }

  async #trigger(ns: string, id: TriggerId): Promise<void> {
    const { namespace, views } = this.#options;
    const trigger = await views.trigger(ns, id);
    if (trigger === undefined) return;
    const rooms = [overviewRoom(ns), aboutRoom(ns, trigger.sessionId)];
    if (trigger.parentId !== null) rooms.push(aboutRoom(ns, trigger.parentId));
    namespace.local.to(rooms).emit(isOpen(trigger) ? 'session_trigger' : 'trigger_response', { trigger });
    // A session's status says whom it waits for.
    await this.#session(ns, trigger.sessionId);
    if (trigger.parentId !== null) await this.#session(ns, trigger.parentId);
  }

  async #runner(ns: string, id: RunnerId): Promise<void> {
    const { namespace, views } = this.#options;
    const runner = await views.runner(ns, id);
    const room = namespace.local.to(overviewRoom(ns));
    if (runner === undefined) room.emit('runner_removed', { id });
    else room.emit('runner', { runner });
  }
}
