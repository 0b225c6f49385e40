/** The service worker: starts the viewer without a network, shows pushes, and leads from a notification to its card. */
import { keptOf, readPush } from './message.ts';
import { ANSWER, badge, say, show, windows, withdraw } from './notices.ts';
import { answer, renewAddress, tellSeen } from './relay.ts';
import { dropOldShells, fromShell, keepShell } from './shell.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => event.waitUntil(keepShell()));
self.addEventListener('activate', (event) => event.waitUntil(Promise.all([dropOldShells(), self.clients.claim()])));

self.addEventListener('fetch', (event) => {
  const response = fromShell(event.request);
  if (response !== undefined) event.respondWith(response);
});

self.addEventListener('message', (event) => {
  // The page asks for the new version when its person does.
  if (event.data === 'activate') event.waitUntil(self.skipWaiting());
});

self.addEventListener('push', (event) => {
  const message = readPush(event.data);
  if (message === undefined) return;
  const shown = message.type === 'show' ? show(message) : withdraw(message);
  event.waitUntil(Promise.all([shown, badge(message.waiting), tellSeen(message)]));
});

self.addEventListener('pushsubscriptionchange', (event) => {
  const { oldSubscription } = event as Event & { readonly oldSubscription?: PushSubscription | null };
  (event as ExtendableEvent).waitUntil(renewAddress(oldSubscription ?? null));
});

self.addEventListener('notificationclick', (event) => {
  const { tag, path, answers } = keptOf(event.notification.data);
  event.notification.close();
  const pressed = event.action.startsWith(ANSWER) ? answers[Number(event.action.slice(ANSWER.length))] : undefined;
  event.waitUntil(pressed === undefined ? open(path) : answerHere(tag, pressed));
});

/** In a window that is there, without loading it again; else in a new one. */
async function open(path: string): Promise<void> {
  const all = await windows();
  const client =
    all.find(({ focused }) => focused) ?? all.find(({ visibilityState }) => visibilityState === 'visible') ?? all[0];
  if (client === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  client.postMessage({ type: 'open', path });
  await client.focus();
}

async function answerHere(tag: string, response: string): Promise<void> {
  const { accepted, why } = await answer(tag, response);
  if (!accepted) await say(tag, 'Not answered', why);
}
