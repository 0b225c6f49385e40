/** Passkeys between the relay and this device's authenticator. The library is loaded at the first use. */
import type { PasskeyView } from '@treeline/shared';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { obstacleTo, wordsForRefusal } from '../state/passkeys.ts';
import { request } from './http.ts';

/** Why there can be no passkeys on this page; undefined when there can. */
export function passkeyObstacle(): string | undefined {
  return obstacleTo({
    isSecure: globalThis.isSecureContext,
    hostname: location.hostname,
    isKnown: 'PublicKeyCredential' in globalThis,
  });
}

/** Rejects when the person or the device refuses. */
export async function makePasskey(name: string): Promise<PasskeyView> {
  const { challengeId, options } = await request('beginPasskey', {});
  const { startRegistration } = await import('@simplewebauthn/browser');
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const response = await startRegistration({ optionsJSON }).catch(refused);
  return request('addPasskey', { body: { challengeId, name, response: { ...response } } });
}

/** Rejects when the person or the device refuses, and with unauthenticated for a passkey that opens nothing here. */
export async function signWithPasskey(): Promise<void> {
  const { challengeId, options } = await request('beginPasskeySignIn', {});
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const response = await startAuthentication({ optionsJSON }).catch(refused);
  await request('signInWithPasskey', { body: { challengeId, response: { ...response } } });
}

function refused(cause: unknown): never {
  const words = cause instanceof Error ? wordsForRefusal(cause.name) : undefined;
  throw words === undefined ? cause : new Error(words, { cause });
}
