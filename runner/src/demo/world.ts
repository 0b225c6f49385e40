/** What the tour has seen so far, from the viewer's socket alone. */
import type { RunnerView, SessionView, TriggerView } from '@treeline/shared';
import { openViewer, type Viewer } from '../client/viewer.ts';

export interface World {
  readonly runners: readonly RunnerView[];
  /** Oldest first. */
  readonly sessions: readonly SessionView[];
  /** Oldest first; the closed ones stay. */
  readonly triggers: readonly TriggerView[];
}

/** Follows a relay; `changed` is called after each change. */
export async function watchWorld(
  relay: { url: string; key: string },
  changed: (world: World) => void,
): Promise<Viewer> {
  const runners = new Map<string, RunnerView>();
  const sessions = new Map<string, SessionView>();
  const triggers = new Map<string, TriggerView>();
  const tell = () =>
    changed({
      runners: [...runners.values()],
      sessions: [...sessions.values()].sort((a, b) => a.createdAt - b.createdAt),
      triggers: [...triggers.values()].sort((a, b) => a.createdAt - b.createdAt),
    });
  const onTrigger = ({ trigger }: { trigger: TriggerView }) => {
    triggers.set(trigger.id, trigger);
    tell();
  };
  return openViewer(relay, {
    connected: async (viewer) => {
      const now = await viewer.request('overview', {});
      for (const runner of now.runners) runners.set(runner.id, runner);
      for (const session of now.sessions) sessions.set(session.id, session);
      for (const trigger of now.triggers) triggers.set(trigger.id, trigger);
      tell();
    },
    runner: ({ runner }) => {
      runners.set(runner.id, runner);
      tell();
    },
    session: ({ session }) => {
      sessions.set(session.id, session);
      tell();
    },
    session_trigger: onTrigger,
    trigger_response: onTrigger,
  });
}

/** The newest world, and waiting for one that fits. */
export class Observed {
  #world: World = { runners: [], sessions: [], triggers: [] };
  readonly #waiting = new Set<() => void>();

  get now(): World {
    return this.#world;
  }

  update(world: World): void {
    this.#world = world;
    for (const look of this.#waiting) look();
  }

  /** Resolves with the first value that is found; rejects with `what` after `withinMs`. */
  until<T>(what: string, find: (world: World) => T | undefined, withinMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`The tour waited ${withinMs / 1000} s in vain: ${what}.`));
      }, withinMs);
      const look = () => {
        const found = find(this.#world);
        if (found === undefined) return;
        end();
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
