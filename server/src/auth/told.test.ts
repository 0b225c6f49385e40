/** What is done to keys, people and sign-ins stands in the same commit as the line that tells of it. */
import type { AuditLine } from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store, Unit } from '../ports/store.ts';
import { startTestRelay, type TestRelay } from '../testing.ts';
import { Browser } from './testing.ts';

let relay: TestRelay;
let owner: Browser;
const commits: Unit[] = [];
beforeAll(async () => {
  relay = await startTestRelay();
  owner = await Browser.withCode(relay, await relay.createSignInCode());
  record(relay.store);
});
afterAll(() => relay.stop());

/** Listens to what the relay commits; it commits all the same. */
function record(store: Store): void {
  const commit = store.commit.bind(store);
  store.commit = (unit) => {
    commits.push(unit);
    return commit(unit);
  };
}

/** Lines of an action that were committed with an effect, and those alone. */
function linesOf(action: string): { with: AuditLine[]; alone: AuditLine[] } {
  const found = { with: [] as AuditLine[], alone: [] as AuditLine[] };
  for (const { audit = [], put = [], remove = [] } of commits)
    for (const { line } of audit)
      if (line.action === action) found[put.length + remove.length > 0 ? 'with' : 'alone'].push(line);
  return found;
}

interface Doing {
  readonly action: string;
  readonly act: () => Promise<{ status: number }>;
}

const made = async (path: string, body: unknown) => (await owner.post(path, body)).body as never;
const key = async () => ((await made('/keys', { kind: 'user', name: 'k' })) as { key: { id: string } }).key.id;
const person = async (name: string) =>
  (await made('/people', { name, role: 'viewer' })) as { person: { id: string }; invitation: { code: string } };

const DOINGS: readonly Doing[] = [
  { action: 'createKey', act: () => owner.post('/keys', { kind: 'join', name: 'j' }) },
  { action: 'rotateKey', act: async () => owner.post(`/keys/${await key()}/rotate`, {}) },
  { action: 'revokeKey', act: async () => owner.call('DELETE', `/keys/${await key()}`) },
  { action: 'createPerson', act: () => owner.post('/people', { name: 'bob', role: 'viewer' }) },
  {
    action: 'changePerson',
    act: async () => owner.post(`/people/${(await person('cay')).person.id}`, { disabled: true }),
  },
  { action: 'invitePerson', act: async () => owner.post(`/people/${(await person('dan')).person.id}/invitation`, {}) },
  { action: 'createSignInCode', act: () => owner.post('/auth/codes') },
  { action: 'setPassword', act: () => owner.post('/auth/password', { password: 'a long password' }) },
  {
    action: 'signIn',
    act: () => new Browser(relay).post('/auth/sign-in', { name: 'ann', password: 'a long password' }),
  },
  {
    action: 'setUp',
    act: async () => new Browser(relay).post('/auth/setup', { code: (await person('eve')).invitation.code }),
  },
  { action: 'refresh', act: () => owner.refresh() },
  { action: 'rotateSigningKeys', act: () => owner.post('/relay/rotate-keys', {}) },
  { action: 'signOut', act: () => owner.post('/auth/sign-out') },
];

describe('the audit', () => {
  it.each(DOINGS)('tells of $action in the commit that does it', async ({ action, act }) => {
    commits.length = 0;
    expect((await act()).status).toBeLessThan(300);
    const lines = linesOf(action);
    expect([lines.with.length, lines.alone.length]).toEqual([1, 0]);
    // A refresh shows no credential but the cookie that it trades.
    expect(lines.with[0]).toMatchObject({
      outcome: 'done',
      who: { kind: action === 'refresh' ? 'anonymous' : 'person' },
    });
  });
});
