/** What is asked for at each endpoint: a body that is right, about something that exists and about something that does not. */
import { API, newId, type Api, type EndpointSpec, type IdKind } from '@treeline/shared';
import { testProfile } from '../testing.ts';
import { askedBy, type Caller } from './callers.ts';
import type { World } from './world.ts';

export const ENDPOINTS = Object.entries(API) as [keyof Api, EndpointSpec][];

/** Bodies of endpoints about one thing: if it were not for the refusal, they would have an effect. */
const BODIES: Partial<Record<keyof Api, () => object>> = {
  createSession: () => ({ prompt: 'in' }),
  sendMessage: () => ({ text: 'in' }),
  stopSession: () => ({ strength: 'kill' }),
  describeSession: () => ({ title: 'in' }),
  respondToTrigger: () => ({ response: 'in' }),
  snoozeTrigger: () => ({ until: Date.now() + 3600_000 }),
  orderRunner: () => ({ do: 'pause' }),
  joinRunner: () => ({ runner: testProfile() }),
  createKey: () => ({ kind: 'user', name: 'in' }),
  setPassword: () => ({ password: 'a long password' }),
  setTopic: () => ({ url: 'https://ntfy.example/in' }),
  testNotification: () => ({ to: 'topic' }),
  changeDevice: () => ({ on: false }),
  renameDevice: () => ({ name: 'in' }),
  signOutDevices: () => ({ others: true }),
  createPerson: () => ({ name: 'in', role: 'owner' }),
  changePerson: () => ({ role: 'viewer', disabled: true }),
};

/** What the `:id` of a path names. */
const NAMED: readonly (readonly [RegExp, IdKind, (world: World) => string])[] = [
  [/^\/sessions\//, 'session', ({ sessions }) => sessions.stranger],
  [/^\/triggers\//, 'trigger', ({ triggers }) => triggers.stranger],
  [/^\/runners\//, 'runner', ({ runner }) => runner.profile.id],
  [/^\/keys\//, 'key', ({ ofOwner }) => ofOwner.key],
  [/^\/people\//, 'person', ({ ofOwner }) => ofOwner.person],
  [/^\/shares\//, 'key', ({ ofOwner }) => ofOwner.share],
  [/^\/auth\/devices\//, 'key', ({ ofOwner }) => ofOwner.device],
  [/^\/auth\/passkeys\//, 'key', ({ ofOwner }) => ofOwner.key],
  [/^\/notifications\/devices\//, 'device', () => newId('device')],
];

export interface Named {
  /** Something that is there, of the owner. */
  readonly exists: string;
  readonly unknown: string;
}

/** Undefined for endpoints about nothing in particular. Throws for a path that nothing here knows to fill. */
export function namedBy(world: World, { path }: EndpointSpec): Named | undefined {
  if (!path.includes(':')) return undefined;
  const entry = NAMED.find(([pattern]) => pattern.test(path));
  if (entry === undefined || path.replace(':id', '').includes(':')) throw new Error(`add ${path} to the matrix`);
  const [, kind, existing] = entry;
  return { exists: existing(world), unknown: newId(kind) };
}

export interface Said {
  readonly status: number;
  readonly code: string | undefined;
  /** Without the id. */
  readonly message: string | undefined;
  readonly hint: string | undefined;
}

/** Asks, and returns what the refusal says, if it is one. `also` is added to the body. */
export async function ask(
  { relay }: World,
  caller: Caller,
  { action, id = '', also, empty = false }: { action: keyof Api; id?: string; also?: object; empty?: boolean },
): Promise<Said> {
  const spec: EndpointSpec = API[action];
  const body = spec.method === 'get' ? {} : { body: empty ? {} : { ...BODIES[action]?.(), ...also } };
  const { status, body: answer } = await relay.call(
    spec.method.toUpperCase(),
    `/api/v1${spec.path.replace(':id', id)}`,
    { ...askedBy(relay, caller), ...body },
  );
  const { error } = answer as { error?: { code: string; message: string; hint: string } };
  return {
    status,
    code: error?.code,
    message: id === '' ? error?.message : error?.message.replaceAll(id, 'ID'),
    hint: error?.hint,
  };
}
