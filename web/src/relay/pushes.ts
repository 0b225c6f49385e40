/** What this browser has to do with notifications: its service worker, its place among the person's devices. */
import type { DeviceId, DeviceView } from '@treeline/shared';
import { deviceName, type PushGround } from '../state/device-words.ts';
import { request, type Request, type Response } from './http.ts';
import type { Saved } from './saved.ts';

type View = Response<'getNotifications'>;

const DEVICE = 'device';

export class Pushes {
  readonly #saved: Saved;

  constructor(saved: Saved) {
    this.#saved = saved;
  }

  ground(): PushGround {
    const standalone = matchMedia('(display-mode: standalone)').matches;
    return {
      secure: isSecureContext,
      host: location.host,
      hasWorker: 'serviceWorker' in navigator,
      hasPush: 'PushManager' in globalThis && 'Notification' in globalThis,
      appleTouch:
        /iPhone|iPad/.test(navigator.userAgent) ||
        (/Mac OS X/.test(navigator.userAgent) && navigator.maxTouchPoints > 1),
      installed: standalone,
      permission: 'Notification' in globalThis ? Notification.permission : 'default',
    };
  }

  view(): Promise<View> {
    return request('getNotifications', {});
  }

  /** The device that this browser is, if it is one. */
  async own({ devices }: View): Promise<DeviceView | undefined> {
    const id = await this.#saved.get<DeviceId>(DEVICE);
    return devices.find((device) => device.id === id);
  }

  /** Asks the person, subscribes, and says so to the relay. Rejects with why it cannot be. */
  async join({ publicKey }: View): Promise<void> {
    if ((await Notification.requestPermission()) !== 'granted')
      throw new Error('The browser was not allowed to show notifications');
    const registration = await navigator.serviceWorker.ready;
    const key = fromBase64Url(publicKey);
    const subscription = await subscribe(registration, key);
    const { endpoint, keys } = subscription.toJSON();
    const replaces = await this.#saved.get<DeviceId>(DEVICE);
    const { device } = await request('addDevice', {
      body: {
        name: deviceName(navigator.userAgent),
        address: { endpoint: endpoint ?? '', keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' } },
        ...(replaces !== undefined && { replaces }),
      },
    });
    if (!device.on) await this.change(device.id, { on: true });
    await this.#saved.set(DEVICE, device.id);
  }

  change(id: DeviceId, body: Request<'changeDevice'>['body']): Promise<DeviceView> {
    return request('changeDevice', { params: { id }, body });
  }

  async remove(id: DeviceId): Promise<void> {
    if ((await this.#saved.get(DEVICE)) === id) await this.leave();
    else await request('removeDevice', { params: { id } });
  }

  /** This browser gets nothing more. Whoever signs out need not wait for a relay or a push service that is away. */
  async leave(): Promise<void> {
    const id = await this.#saved.get<DeviceId>(DEVICE);
    if (id === undefined) return;
    await this.#saved.remove(DEVICE);
    const gone = [request('removeDevice', { params: { id } }), unsubscribe()];
    await Promise.allSettled(gone);
  }

  setPreferences(body: Request<'setNotifications'>['body']): Promise<View> {
    return request('setNotifications', { body });
  }

  setTopic(body: Request<'setTopic'>['body']): Promise<View> {
    return request('setTopic', { body });
  }

  removeTopic(): Promise<View> {
    return request('removeTopic', {});
  }

  test(to: DeviceId | 'ntfy'): Promise<Response<'testNotification'>> {
    return request('testNotification', { body: { to } });
  }
}

/** An address of another relay's key is of no use: it is given up first. */
async function subscribe(
  registration: ServiceWorkerRegistration,
  applicationServerKey: Uint8Array<ArrayBuffer>,
): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey };
  try {
    return await registration.pushManager.subscribe(options);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error;
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    return registration.pushManager.subscribe(options);
  }
}

async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.codePointAt(0) ?? 0);
}
