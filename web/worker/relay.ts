/** What the worker says to the relay by itself. */
import type { DeviceId, PushMessage } from '@treeline/shared';
import { createStore, get } from 'idb-keyval';
import { relayAt } from '../src/paths.ts';
import { DATABASE, TABLE } from '../src/relay/saved.ts';

declare const self: ServiceWorkerGlobalScope;

/** The push arrived. Should the relay not hear it, the device looks deaf there for a while: nothing more. */
export async function tellSeen({ device, receipt }: PushMessage): Promise<void> {
  try {
    await post(relayAt.pushSeen, { device, receipt });
  } catch {
    return;
  }
}

export interface AnswerResult {
  readonly accepted: boolean;
  /** Why not, for people. */
  readonly why: string;
}

/** One press, one answer: the same press again has the same key. The relay refuses it when it is over. */
export async function answer(trigger: string, response: string): Promise<AnswerResult> {
  try {
    const body = { response, key: `push:${trigger}:${response}` };
    const reply = await post(relayAt.respond(trigger), body);
    if (reply.ok) return { accepted: true, why: '' };
    const { error } = (await reply.json()) as { error?: { message?: string } };
    return { accepted: false, why: error?.message ?? `The relay said ${reply.status}` };
  } catch {
    return { accepted: false, why: 'The relay does not answer. Open it and try again.' };
  }
}

/** The browser has changed the address of this device. */
export async function renewAddress(old: PushSubscription | null): Promise<void> {
  const replaces = await get<DeviceId>('device', createStore(DATABASE, TABLE));
  const key = old?.options.applicationServerKey ?? null;
  if (replaces === undefined || key === null) return;
  const fresh = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = fresh.toJSON();
  const name = 'This device';
  await post(relayAt.pushDevices, { name, address: { endpoint, keys }, replaces });
}

function post(path: string, body: object): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
}
