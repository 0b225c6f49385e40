/** The credentials that are ended, made over the API. */
import type { Api, EndpointResponse, KeyId, PersonId, RunnerId, SessionId } from '@treeline/shared';
import { call, type Access } from '../bench/wire/api.ts';

export type Made = EndpointResponse<Api['createKey']>;

export function makeKey(relay: Access, name: string): Promise<Made> {
  return call(relay, '/keys', { kind: 'user', name });
}

/** Somebody who signed in: the access token of the cookie. */
export async function makePerson(relay: Access, name: string): Promise<{ id: PersonId; token: string }> {
  const made = await call<EndpointResponse<Api['createPerson']>>(relay, '/people', { name, role: 'operator' });
  const response = await fetch(`${relay.url}/api/v1/auth/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(relay.url).origin },
    body: JSON.stringify({ code: made.invitation.code }),
  });
  const cookies = response.headers.getSetCookie();
  const start = `treeline-${new URL(relay.url).port}=`;
  const token = cookies
    .find((cookie) => cookie.startsWith(start))
    ?.slice(start.length)
    .split(';')[0];
  if (token === undefined) throw new Error(`no sign-in: ${response.status} ${await response.text()}`);
  return { id: made.person.id, token };
}

/** A key that a person made, who may do all that is asked with it. */
export async function makeKeyOf(relay: Access, token: string): Promise<string> {
  const { origin, port } = new URL(relay.url);
  const response = await fetch(`${relay.url}/api/v1/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, cookie: `treeline-${port}=${token}` },
    body: JSON.stringify({ kind: 'user', name: 'of a person' }),
  });
  if (!response.ok) throw new Error(`no key: ${response.status} ${await response.text()}`);
  return ((await response.json()) as Made).secret;
}

/** A link's secret, and its id. */
export async function makeShare(relay: Access, session: SessionId): Promise<{ id: string; key: string }> {
  const made = await call<EndpointResponse<Api['createShare']>>(relay, `/sessions/${session}/shares`, {});
  return { id: made.share.id, key: new URL(made.url).hash.slice(1) };
}

export async function remove(relay: Access, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${relay.key}` };
  const response = await fetch(`${relay.url}/api/v1${path}`, { method: 'DELETE', headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

export async function keyOfRunner(relay: Access, runner: RunnerId): Promise<KeyId> {
  const { keys } = await call<EndpointResponse<Api['listKeys']>>(relay, '/keys');
  const id = keys.find(({ runnerId, ended }) => runnerId === runner && ended === undefined)?.id;
  if (id === undefined) throw new Error(`${runner} has no key`);
  return id;
}
