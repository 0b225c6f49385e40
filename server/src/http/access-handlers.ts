/** Signing in and out, and people: each endpoint a call of what `auth/` offers. */
import { TreelineError } from '@treeline/shared';
import { readCookie } from '../auth/cookie.ts';
import type { Access } from '../auth/access.ts';
import type { Oidc } from '../auth/oidc.ts';
import type { HttpHandlers } from './routes.ts';

type AccessHandlers = Pick<HttpHandlers, AccessEndpoint>;
type AccessEndpoint =
  | 'signInWays'
  | 'setUp'
  | 'signIn'
  | 'refresh'
  | 'signOut'
  | 'createSignInCode'
  | 'setPassword'
  | 'listPasskeys'
  | 'beginPasskey'
  | 'addPasskey'
  | 'removePasskey'
  | 'beginOidc'
  | 'finishOidc'
  | 'beginPasskeySignIn'
  | 'signInWithPasskey'
  | 'listDevices'
  | 'renameDevice'
  | 'signOutDevice'
  | 'signOutDevices'
  | 'listPeople'
  | 'createPerson'
  | 'changePerson'
  | 'invitePerson';

export function accessHandlers({ signIn, signIns, people, passkeys, cookie, oidc }: Access): AccessHandlers {
  return {
    async signInWays() {
      return { setUp: await signIn.isSetUp(), ...(oidc === undefined ? {} : { oidc: { name: oidc.name } }) };
    },
    setUp: ({ input, visit }) => signIn.withCode(input.body, visit),
    signIn: ({ input: { body }, visit }) =>
      'code' in body ? signIn.withCode(body, visit) : signIn.withPassword(body, visit),
    async refresh({ visit }) {
      const { personId, expiresAt } = await signIns.refresh(readCookie(cookie.names.refresh, visit.cookie), visit);
      return { name: await people.nameOf(personId), expiresAt };
    },
    async signOut({ by, visit }) {
      // A key is not a sign-in and stays.
      if (by.kind === 'person') await signIns.end(by.keyId, visit);
      else signIns.clear(visit);
      return {};
    },
    createSignInCode: ({ by }) => people.createCode(by),
    async setPassword({ by, input }) {
      await people.setPassword(by, input.body);
      return {};
    },

    async listPasskeys({ by }) {
      return { passkeys: await passkeys.list(by) };
    },
    beginPasskey: ({ by, visit }) => passkeys.begin(by, visit.origin),
    addPasskey: ({ by, input }) => passkeys.add(by, input.body),
    async removePasskey({ by, input }) {
      await passkeys.remove(by, input.params.id);
      return { removed: input.params.id };
    },
    beginOidc: async () => mustBeConfigured(oidc).begin(),
    finishOidc: async ({ input, visit }) => mustBeConfigured(oidc).finish(input.body, visit),
    beginPasskeySignIn: ({ visit }) => passkeys.beginSignIn(visit.origin),
    signInWithPasskey: ({ input, visit }) => passkeys.signIn(input.body, visit),

    async listDevices({ by }) {
      return { devices: await signIns.list(await people.behind(by), by.keyId) };
    },
    renameDevice: ({ by, input }) => signIns.rename(input.params.id, input.body.name, by),
    async signOutDevice({ by, input }) {
      await signIns.endOne(input.params.id, await people.behind(by), by.call);
      return { signedOut: [input.params.id] };
    },
    async signOutDevices({ by, input, visit }) {
      if (!input.body.others) signIns.clear(visit);
      const person = await people.behind(by);
      return {
        signedOut: await signIns.endAll(person, {
          call: by.call,
          ...(input.body.others ? { except: by.keyId } : {}),
        }),
      };
    },

    async listPeople({ by }) {
      return { people: await people.list(by.ns) };
    },
    createPerson: ({ by, input }) => people.create(by, input.body),
    changePerson: ({ by, input }) => people.change(by, input.params.id, input.body),
    invitePerson: ({ by, input }) => people.invite(by, input.params.id, input.body),
  };
}

function mustBeConfigured(oidc: Oidc | undefined): Oidc {
  if (oidc === undefined) throw new TreelineError('not_found', 'no other place to sign in at is configured here');
  return oidc;
}
