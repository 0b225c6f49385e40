/** What the matrix tries its principals on: a relay with a tree of sessions, their triggers, and things of every kind. */
import { newId, type Frame, type KeyId, type PersonId, type SessionId, type TriggerId } from '@treeline/shared';
import type { Credential } from '../auth/credential.ts';
import { Browser } from '../auth/testing.ts';
import type { Kind } from '../ports/store.ts';
import { startTestRelay, TestRunner, until, type TestRelay } from '../testing.ts';

const MANY = 10_000_000;
const HOURS = 24 * 3600_000;
const KINDS: readonly Kind[] = [
  'session',
  'trigger',
  'runner',
  'credential',
  'person',
  'request',
  'setting',
  'recipient',
  'notice',
];
const ELSEWHERE = 'elsewhere';
const NAMESPACES = ['main', 'system', ELSEWHERE];
/** They move by themselves: when something was last heard of. */
const MOVING: ReadonlySet<string> = new Set(['lastUsedAt', 'heartbeatAt', 'lastHeartbeat', 'lastSeenAt']);

export const PLACES = ['parent', 'self', 'sibling', 'child', 'stranger'] as const;
export type Place = (typeof PLACES)[number];

export interface World {
  readonly relay: TestRelay;
  readonly owner: Browser;
  /** Has the whole tree. */
  readonly runner: TestRunner;
  /** Has no session. */
  readonly otherRunner: TestRunner;
  readonly sessions: Readonly<Record<Place, SessionId>>;
  /** What each of them asks. */
  readonly triggers: Readonly<Record<Place, TriggerId>>;
  /** A key, a sign-in, a link and an account, all of the owner. */
  readonly ofOwner: { readonly key: KeyId; readonly device: KeyId; readonly share: KeyId; readonly person: PersonId };
}

export async function openWorld(): Promise<World> {
  const relay = await startTestRelay({
    edge: {
      requestsOfAddress: MANY,
      requestsOfPrincipal: MANY,
      failuresOfAddress: MANY,
      socketsOfPrincipal: MANY,
    },
    audit: { auditRefusalsPerMinute: MANY, auditLines: MANY },
    // Nothing is to happen by itself.
    times: { offlineAfterMs: HOURS, flapGraceMs: HOURS, escalateAfterMs: HOURS, unansweredAfterMs: HOURS },
  });
  const owner = await Browser.withCode(relay, await relay.createSignInCode());
  const runner = await TestRunner.join(relay);
  await runner.hello(relay);
  const otherRunner = await TestRunner.join(relay, 'other');
  await otherRunner.hello(relay);
  const sessions = await growTree(relay, runner);
  const triggers = await askEach(runner, sessions);
  return { relay, owner, runner, otherRunner, sessions, triggers, ofOwner: await ownedBy(owner, sessions.self) };
}

export async function closeWorld({ relay, runner, otherRunner }: World): Promise<void> {
  runner.socket.close();
  otherRunner.socket.close();
  await relay.stop();
}

async function growTree(relay: TestRelay, runner: TestRunner): Promise<Record<Place, SessionId>> {
  const start = async (prompt: string, parentId?: SessionId): Promise<SessionId> => {
    const body = { prompt, runnerId: runner.profile.id, ...(parentId === undefined ? {} : { parentId }) };
    const { id } = (await relay.call('POST', '/api/v1/sessions', { body })).body as { id: SessionId };
    await until(() => runner.inbox.get(id)?.length === 1, `the first message of ${prompt}`);
    await runner.send(runner.fact(id, { kind: 'state', state: 'starting' }));
    await runner.send(runner.fact(id, { kind: 'consumed', position: 1 }));
    return id;
  };
  const parent = await start('parent');
  const self = await start('self', parent);
  const sibling = await start('sibling', parent);
  return { parent, self, sibling, child: await start('child', self), stranger: await start('stranger') };
}

async function askEach(runner: TestRunner, sessions: Record<Place, SessionId>): Promise<Record<Place, TriggerId>> {
  const ask = async (session: SessionId): Promise<TriggerId> => {
    const triggerId = newId('trigger');
    await runner.send(
      runner.fact(session, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which one?' } }),
    );
    return triggerId;
  };
  const [parent, self, sibling, child, stranger] = [
    await ask(sessions.parent),
    await ask(sessions.self),
    await ask(sessions.sibling),
    await ask(sessions.child),
    await ask(sessions.stranger),
  ];
  // What a parent is asked comes into its inbox and is noted as delivered: the store is still after that.
  await until(() => runner.inbox.get(sessions.parent)?.length === 3, 'what the parent is asked');
  await until(() => runner.inbox.get(sessions.self)?.length === 2, 'what the session is asked');
  return { parent, self, sibling, child, stranger };
}

async function ownedBy(owner: Browser, session: SessionId): Promise<World['ofOwner']> {
  const made = await owner.post('/keys', { kind: 'user', name: 'of the owner' });
  const shared = await owner.post(`/sessions/${session}/shares`, {});
  const devices = await owner.get('/auth/devices');
  const people = await owner.get('/people');
  return {
    key: (made.body as { key: { id: KeyId } }).key.id,
    device: (devices.body as { devices: { id: KeyId }[] }).devices[0]?.id as KeyId,
    share: (shared.body as { share: { id: KeyId } }).share.id,
    person: (people.body as { people: { id: PersonId }[] }).people[0]?.id as PersonId,
  };
}

/** Changes a credential's record before it is used for the first time. */
export async function changeCredential(relay: TestRelay, id: KeyId, change: Partial<Credential>): Promise<void> {
  const found = await relay.store.get<Credential>('system', { kind: 'credential', id });
  if (found === undefined) throw new Error(`there is no credential ${id}`);
  const value = { ...found.value, ...change };
  const indexes = { list: `key:${value.ns}` };
  const { status } = await relay.store.commit({
    ns: 'system',
    put: [{ kind: 'credential', id, expect: found.version, value, indexes }],
  });
  if (status !== 'committed') throw new Error(`the credential ${id} was changed by somebody else`);
}

/** Everything in the store but the audit, what moves by itself, and `but`: one line for each record and log. */
export async function dump({ relay, sessions }: World, but?: SessionId): Promise<string[]> {
  const found: string[] = [];
  for (const ns of NAMESPACES)
    for (const kind of KINDS)
      for (const { id, value } of await relay.store.list<object>({ ns, kind, limit: 10_000 }))
        if (id !== but)
          found.push(`${ns} ${kind} ${id} ${JSON.stringify(value, (name, of: unknown) => still(name, of))}`);
  for (const session of Object.values(sessions))
    if (session !== but) found.push(`log ${session} ${JSON.stringify(await relay.store.head('main', session))}`);
  return found;
}

function still(name: string, value: unknown): unknown {
  return MOVING.has(name) ? undefined : value;
}

/** Lines of refusals so far, whoever may read them and wherever they lie. */
export async function refusals({ relay }: World): Promise<number> {
  let count = 0;
  for (const place of NAMESPACES)
    for (const readers of ['main', ELSEWHERE])
      count += await relay.store.count(place, 'audit', 'outcome', `${readers}:refused`);
  return count;
}

/** The acknowledgement of one frame. */
export async function sendFrame(runner: TestRunner, frame: Frame) {
  const { sessions } = await runner.send(frame);
  const [ack] = sessions;
  if (ack === undefined) throw new Error('a frame was not acknowledged');
  return ack;
}
