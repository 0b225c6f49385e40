/** The people of a namespace. */
import { z } from 'zod';
import { Role } from '../../access.ts';
import { PersonId } from '../../ids.ts';
import { LIMITS } from '../../limits.ts';
import { Instant } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';

/** A name to sign in with; an e-mail address is one, too. */
export const PersonName = z
  .string()
  .min(1)
  .max(LIMITS.labelChars)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]*$/u,
    'letters, digits, space and . _ @ + -, beginning with a letter or digit',
  );

export const PersonView = z.object({
  id: PersonId,
  name: z.string(),
  role: Role,
  createdAt: Instant,
  /** Cannot sign in, and whatever was theirs works no longer. */
  disabledAt: Instant.optional(),
  hasPassword: z.boolean(),
  passkeys: z.number().int().nonnegative(),
});
export type PersonView = z.infer<typeof PersonView>;

/** How one who was invited comes in; shown once. */
const Invitation = z.object({
  code: z.string(),
  /** With the code in its fragment, which browsers do not send anywhere. */
  url: z.string(),
  expiresAt: Instant,
});
const params = z.object({ id: PersonId });

export const PEOPLE_API = {
  listPeople: endpoint({
    method: 'get',
    path: '/people',
    doc: 'Everybody who has or had access.',
    response: z.object({ people: z.array(PersonView) }),
  }),
  createPerson: endpoint({
    method: 'post',
    path: '/people',
    doc: 'Invites somebody: the answer has a one-time link, with which they set a password or a passkey.',
    body: z.object({ name: PersonName, role: Role }),
    response: z.object({ person: PersonView, invitation: Invitation }),
    status: 201,
  }),
  changePerson: endpoint({
    method: 'post',
    path: '/people/:id',
    doc: 'Changes name, role, or whether they may come in. A change of role and a disabling cut their connections at once.',
    params,
    body: z.object({ name: PersonName.optional(), role: Role.optional(), disabled: z.boolean().optional() }),
    response: PersonView,
  }),
  invitePerson: endpoint({
    method: 'post',
    path: '/people/:id/invitation',
    doc: 'Another one-time link, for one who lost theirs or forgot the password. With `reset`, password, passkeys and sign-ins end.',
    params,
    body: z.object({ reset: z.boolean().default(false) }),
    response: Invitation,
    status: 201,
  }),
} as const;
