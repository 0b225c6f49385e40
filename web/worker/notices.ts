/** Showing notifications and taking them back. */
import type { PushMessage } from '@treeline/shared';
import { files, paths } from '../src/paths.ts';
import type { Kept } from './message.ts';

declare const self: ServiceWorkerGlobalScope;

type Show = Extract<PushMessage, { type: 'show' }>;
type Withdraw = Extract<PushMessage, { type: 'withdraw' }>;

/** What browsers know beyond the types. */
interface Options extends NotificationOptions {
  readonly renotify?: boolean;
  readonly timestamp?: number;
  readonly actions?: readonly { readonly action: string; readonly title: string }[];
}

export const ANSWER = 'answer-';

export async function show(message: Show): Promise<void> {
  const { tag, title, body, path, at, again, answers } = message;
  // Whoever looks at the viewer has a toast there: the phone need not ring too.
  const looking = (await windows()).some(({ focused }) => focused);
  const silent = looking && tag !== 'test';
  const options: Options = {
    ...(body === '' ? {} : { body }),
    tag,
    renotify: again && !silent,
    silent,
    timestamp: at,
    icon: files.notificationIcon,
    badge: files.notificationBadge,
    data: { tag, path, answers } satisfies Kept,
    actions: answers.map((label, index) => ({ action: `${ANSWER}${index}`, title: label })),
  };
  await self.registration.showNotification(title, options);
}

export async function withdraw({ tag, why }: Withdraw): Promise<void> {
  const shown = await self.registration.getNotifications({ tag });
  for (const notification of shown) notification.close();
  // Safari ends a subscription whose pushes show nothing.
  if (isSafari()) await say(tag, why);
}

/** A quiet word in place of the notification. */
export async function say(tag: string, title: string, body = ''): Promise<void> {
  const data: Kept = { tag, path: paths.trigger(tag), answers: [] };
  await self.registration.showNotification(title, { tag, body, silent: true, icon: files.notificationIcon, data });
}

export async function badge(waiting: unknown): Promise<void> {
  if (typeof waiting !== 'number' || !('setAppBadge' in navigator)) return;
  try {
    await (waiting > 0 ? navigator.setAppBadge(waiting) : navigator.clearAppBadge());
  } catch {
    // Only installed apps have one.
  }
}

export async function windows(): Promise<readonly WindowClient[]> {
  return self.clients.matchAll({ type: 'window', includeUncontrolled: true });
}

function isSafari(): boolean {
  return /AppleWebKit/.test(navigator.userAgent) && !/Chrome|Chromium/.test(navigator.userAgent);
}
