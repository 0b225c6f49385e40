/** A browser's pushes in tests: the transport is played, everything before and behind it is real. */
import type { PushMessage } from '@treeline/shared';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import type { PlayedBrowser } from '@treeline/test-support/push-service.ts';
import { until } from '@treeline/test-support/until.ts';

/** Lets the page subscribe: a browser of tests has no push service of its own, so it gets an address of the played one. */
export async function allowPushes(context: BrowserContext, played: PlayedBrowser): Promise<void> {
  await context.grantPermissions(['notifications']);
  const subscription = `{ toJSON: () => (${JSON.stringify(played.address)}) }`;
  await context.addInitScript(`
    PushManager.prototype.subscribe = () => Promise.resolve(${subscription});
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
    Notification.requestPermission = () => Promise.resolve('granted');
  `);
}

/** Hands what the push service was given to the worker, as a browser does once it has decrypted it. */
export class PushLine {
  readonly #cdp: CDPSession;
  readonly #origin: string;
  readonly #registrations = new Set<string>();

  private constructor(cdp: CDPSession, origin: string) {
    this.#cdp = cdp;
    this.#origin = origin;
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { registrationId, isDeleted } of registrations) {
        if (isDeleted) this.#registrations.delete(registrationId);
        else this.#registrations.add(registrationId);
      }
    });
  }

  static async open(page: Page): Promise<PushLine> {
    const cdp = await page.context().newCDPSession(page);
    const line = new PushLine(cdp, new URL(page.url()).origin);
    await cdp.send('ServiceWorker.enable');
    return line;
  }

  async deliver(message: PushMessage): Promise<void> {
    const registrationId = await until('the worker is registered', () => [...this.#registrations][0]);
    const data = JSON.stringify(message);
    await this.#cdp.send('ServiceWorker.deliverPushMessage', { origin: this.#origin, registrationId, data });
  }
}

export interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly actions: readonly string[];
}

/** What the system shows of this page. */
export function shownBy(page: Page): Promise<Shown[]> {
  return page.evaluate(`navigator.serviceWorker.ready
    .then((registration) => registration.getNotifications())
    .then((all) => all.map(({ title, body, tag, actions = [] }) =>
      ({ title, body, tag, actions: actions.map((one) => one.title) })))`);
}

/** A press on a notification, or on one of its buttons. */
export async function press(page: Page, tag: string, action = ''): Promise<void> {
  const worker = await until('the worker runs', () => page.context().serviceWorkers()[0]);
  const pressed = `{ notification, action: ${JSON.stringify(action)} }`;
  await worker.evaluate(`self.registration.getNotifications({ tag: ${JSON.stringify(tag)} })
    .then(([notification]) => self.dispatchEvent(new NotificationEvent('notificationclick', ${pressed})))
    .then(() => undefined)`);
}
