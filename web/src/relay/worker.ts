/** The service worker of this page: registered once, asked for newer versions, and heard when a notification was pressed. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { isOwn, relayAt } from '../paths.ts';

export interface WorkerState {
  /** A newer viewer is here and waits for a reload. */
  readonly newVersion: boolean;
}

const LOOK_EVERY_MS = 60 * 60_000;

export class Worker {
  readonly store: StoreApi<WorkerState> = createStore(() => ({ newVersion: false }));
  #registration: ServiceWorkerRegistration | undefined;
  #reloading = false;

  /** `onOpen` gets the path of a notification that was pressed. Does nothing where there are no workers. */
  async start(onOpen: (path: string) => void): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const path = openedPath(data);
      if (path !== undefined) onOpen(path);
    });
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (this.#reloading) location.reload();
    });
    let registration: ServiceWorkerRegistration;
    try {
      registration = await navigator.serviceWorker.register(relayAt.worker);
    } catch {
      // A private window may forbid it: the viewer works without.
      return;
    }
    this.#registration = registration;
    this.#watch(registration);
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', () => this.#watch(registration));
    });
    setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Asks whether the relay has a newer viewer: after each of its restarts. */
  look(): void {
    this.#registration?.update().catch(() => undefined);
  }

  /** The new version takes over, here and in every other window of this browser. */
  reload(): void {
    this.#reloading = true;
    this.#registration?.waiting?.postMessage('activate');
  }

  /** The first worker of a browser replaces nothing. */
  #watch({ waiting }: ServiceWorkerRegistration): void {
    if (waiting !== null && navigator.serviceWorker.controller !== null) this.store.setState({ newVersion: true });
  }
}

function openedPath(data: unknown): string | undefined {
  const { type, path } = (data ?? {}) as { type?: unknown; path?: unknown };
  return type === 'open' && isOwn(path) ? path : undefined;
}
