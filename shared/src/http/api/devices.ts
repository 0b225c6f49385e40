/** Where one is signed in: each browser is a device, with a sign-in of its own that can be ended alone. */
import { z } from 'zod';
import { KeyId } from '../../ids.ts';
import { Instant, Name } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';

export const SignInView = z.object({
  id: KeyId,
  name: z.string(),
  /** The one that asks. */
  current: z.boolean(),
  createdAt: Instant,
  lastUsedAt: Instant,
  /** Unless it is used before. */
  expiresAt: Instant,
  /** From where it signed in. */
  address: z.string().optional(),
});
export type SignInView = z.infer<typeof SignInView>;

const params = z.object({ id: KeyId });

export const DEVICES_API = {
  listDevices: endpoint({
    method: 'get',
    path: '/auth/devices',
    doc: 'Where one is signed in; for a key, where whoever made it is.',
    response: z.object({ devices: z.array(SignInView) }),
  }),
  renameDevice: endpoint({
    method: 'post',
    path: '/auth/devices/:id',
    doc: 'Names a device.',
    params,
    body: z.object({ name: Name }),
    response: SignInView,
  }),
  signOutDevice: endpoint({
    method: 'delete',
    path: '/auth/devices/:id',
    doc: 'Signs one device out.',
    params,
    response: z.object({ signedOut: z.array(KeyId) }),
  }),
  signOutDevices: endpoint({
    method: 'post',
    path: '/auth/sign-out/devices',
    doc: 'Signs all devices out; with `others`, all but the one that asks.',
    body: z.object({ others: z.boolean().default(false) }),
    response: z.object({ signedOut: z.array(KeyId) }),
  }),
} as const;
