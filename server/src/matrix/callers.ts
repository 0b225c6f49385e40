/** Every principal that calls over HTTP or opens a socket, and everybody who only seems to be one. */
import { createSecretKey } from 'node:crypto';
import {
  newId,
  ROLES,
  ROLE_SCOPES,
  SCOPES,
  type Api,
  type EndpointResponse,
  type KeyId,
  type PersonId,
  type Role,
  type Scope,
} from '@treeline/shared';
import { exportSPKI, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import type { Credential } from '../auth/credential.ts';
import { Browser } from '../auth/testing.ts';
import type { Row } from '../domain/authorization/row.ts';
import type { TestRelay } from '../testing.ts';
import { TestRunner } from '../testing.ts';
import { changeCredential, type World } from './world.ts';

export interface Caller {
  readonly name: string;
  /** What the table calls it; `anonymous` for whatever proves nothing. */
  readonly kind: Row['to'][number];
  readonly scopes: readonly Scope[];
  /** Of another tenant: nothing of ours is its. */
  readonly elsewhere?: boolean;
  readonly key?: string;
  readonly cookies?: Browser;
}

const NOBODY = { kind: 'anonymous', scopes: [] } as const;

/** What the row says, read by itself and not by the judge that the relay asks. */
export function may(row: Row, { kind, scopes }: Caller): boolean {
  if (row.to.includes('anonymous')) return true;
  if (!row.to.includes(kind)) return false;
  return row.scope === undefined || scopes.includes(row.scope);
}

export async function makeCallers(world: World): Promise<Caller[]> {
  return [
    { name: 'anonymous', ...NOBODY },
    ...(await people(world)),
    ...(await tokens(world)),
    ...(await keys(world)),
    ...(await links(world)),
    ...(await runners(world)),
  ];
}

async function people(world: World): Promise<Caller[]> {
  const found: Caller[] = [];
  for (const role of ROLES) {
    const { browser } = await invite(world, role);
    found.push({ name: `role ${role}`, kind: 'person', scopes: ROLE_SCOPES[role], cookies: browser });
  }
  const disabled = await invite(world, 'owner');
  await world.owner.post(`/people/${disabled.id}`, { disabled: true });
  const signedOut = await invite(world, 'owner');
  const cookies = new Browser(world.relay, signedOut.browser.cookies);
  await signedOut.browser.post('/auth/sign-out');
  return [
    ...found,
    { name: 'a person who is disabled', ...NOBODY, cookies: disabled.browser },
    { name: 'a sign-in that is over', ...NOBODY, cookies },
  ];
}

let invited = 0;
async function invite({ relay, owner }: World, role: Role): Promise<{ browser: Browser; id: PersonId }> {
  const { body } = await owner.post('/people', { name: `${role} ${++invited}`, role });
  const { person, invitation } = body as EndpointResponse<Api['createPerson']>;
  const browser = new Browser(relay);
  const { status } = await browser.post('/auth/setup', { code: invitation.code });
  if (status !== 200) throw new Error(`the invitation did not work: ${status}`);
  return { browser, id: person.id };
}

interface Pair {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

/** Tokens that name the owner's own sign-in and that the relay must not believe. */
async function tokens({ relay, owner, ofOwner }: World): Promise<Caller[]> {
  const stored = await relay.store.get<Pair[]>('system', { kind: 'setting', id: 'signing-keys' });
  const pair = stored?.value[0];
  if (pair === undefined) throw new Error('there are no signing keys');
  const own = await importJWK(pair.privateJwk, 'EdDSA');
  const publicText = await exportSPKI((await importJWK(pair.publicJwk, 'EdDSA', { extractable: true })) as never);
  const foreign = (await generateKeyPair('EdDSA', { crv: 'Ed25519' })).privateKey;
  const curve = (await generateKeyPair('ES256')).privateKey;
  const claims = ({ issuer = 'treeline', audience = 'treeline/viewer', expires = '1h', alg = 'EdDSA' } = {}) =>
    new SignJWT({ sub: ofOwner.device })
      .setProtectedHeader({ alg, kid: pair.kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expires);
  const cookieName = [...owner.cookies.keys()].find((name) => !name.endsWith('-refresh')) as string;
  const unsigned = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = { sub: ofOwner.device, iss: 'treeline', aud: 'treeline/viewer', exp: 4_000_000_000 };
  const wrong: Record<string, string> = {
    'a JWT of a foreign key': await claims().sign(foreign),
    'a JWT of another algorithm': await claims({ alg: 'ES256' }).sign(curve),
    'a JWT signed with the public key as a secret': await claims({ alg: 'HS256' }).sign(
      createSecretKey(Buffer.from(publicText)),
    ),
    'a JWT that is not signed': `${unsigned({ alg: 'none', kid: pair.kid })}.${unsigned(body)}.`,
    'a JWT that has expired': await claims({ expires: '-1h' }).sign(own),
    'a JWT for another audience': await claims({ audience: 'treeline/refresh' }).sign(own),
    'a JWT of another issuer': await claims({ issuer: 'somebody' }).sign(own),
    'a cookie of garbage': 'garbage',
  };
  return Object.entries(wrong).map(([name, token]) => ({
    name,
    ...NOBODY,
    cookies: new Browser(relay, [[cookieName, token]]),
  }));
}

async function keys({ relay }: World): Promise<Caller[]> {
  const make = async (name: string, change: Partial<Credential>, kind = 'user'): Promise<string> => {
    const { body } = await relay.call('POST', '/api/v1/keys', { body: { kind, name } });
    const { key, secret } = body as { key: { id: KeyId }; secret: string };
    await changeCredential(relay, key.id, change);
    return secret;
  };
  const scoped = async (name: string, scopes: readonly Scope[], change: Partial<Credential> = {}): Promise<Caller> => ({
    name,
    kind: 'key',
    scopes,
    key: await make(name, { scopes, ...change }),
  });
  const found: Caller[] = [];
  for (const scope of SCOPES) found.push(await scoped(`a key for ${scope}`, [scope]));
  return [
    ...found,
    await scoped('a key for nothing', []),
    { ...(await scoped('a key of another namespace', SCOPES, { ns: 'elsewhere' })), elsewhere: true },
    { name: 'a hook key', kind: 'key', scopes: ['start'], key: await make('hook', {}, 'hook') },
    { name: 'a key that has expired', ...NOBODY, key: await make('expired', { expiresAt: 1 }) },
    { name: 'a key that was revoked', ...NOBODY, key: await make('revoked', { revokedAt: 1 }) },
    { name: 'a key of nobody any more', ...NOBODY, key: await make('orphan', { personId: newId('person') }) },
    { name: 'a mistyped key', ...NOBODY, key: `${relay.localKey().slice(0, -1)}~` },
    { name: 'a join token', kind: 'join', scopes: [], key: await make('join', {}, 'join') },
    { name: 'a join token that was used', ...NOBODY, key: await make('used', { usedAt: 1 }, 'join') },
  ];
}

/** Links to the child: what is above and beside it is not theirs to see. */
async function links({ relay, owner, sessions }: World): Promise<Caller[]> {
  const share = async (tree: boolean) => {
    const { body } = await owner.post(`/sessions/${sessions.child}/shares`, { tree });
    const { url, share: made } = body as { url: string; share: { id: KeyId } };
    return { key: new URL(url).hash.slice(1), id: made.id };
  };
  const [one, tree, revoked, expired] = [await share(false), await share(true), await share(true), await share(true)];
  await owner.call('DELETE', `/shares/${revoked.id}`);
  await changeCredential(relay, expired.id, { expiresAt: 1 });
  return [
    { name: 'a share link', kind: 'share', scopes: ['read'], key: one.key },
    { name: 'a share link of a tree', kind: 'share', scopes: ['read'], key: tree.key },
    { name: 'a share link that was revoked', ...NOBODY, key: revoked.key },
    { name: 'a share link that has expired', ...NOBODY, key: expired.key },
  ];
}

async function runners({ relay, runner, otherRunner }: World): Promise<Caller[]> {
  const [gone, foreign] = [await TestRunner.join(relay, 'gone'), await TestRunner.join(relay, 'foreign')];
  await changeCredential(relay, keyIdOf(gone.key), { revokedAt: 1 });
  await changeCredential(relay, keyIdOf(foreign.key), { ns: 'elsewhere' });
  return [
    { name: 'the runner itself', kind: 'runner', scopes: [], key: runner.key },
    { name: 'another runner', kind: 'runner', scopes: [], key: otherRunner.key },
    { name: 'a runner of another namespace', kind: 'runner', scopes: [], elsewhere: true, key: foreign.key },
    { name: 'a runner whose key was revoked', ...NOBODY, key: gone.key },
  ];
}

export function keyIdOf(key: string): KeyId {
  return `key_${key.split('_')[2]}`;
}

/** What a request of theirs carries. */
export function askedBy(
  relay: TestRelay,
  { key, cookies }: Caller,
): { key: string | null; headers: Record<string, string> } {
  return { key: key ?? null, headers: cookies?.headers() ?? { origin: relay.url } };
}
