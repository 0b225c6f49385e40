/** Trades what a person signs in with for a key of theirs, which commands go on with. The sign-in itself is ended again. */
import type { Api, EndpointRequest } from '@treeline/shared';
import { createClient } from './client.ts';
import { CookieJar } from './cookie-jar.ts';

/** A one-time code, or name and password. */
export type SignInWith = EndpointRequest<Api['signIn']>['body'];

export interface KeyRequest {
  readonly url: string;
  readonly as: SignInWith;
  /** What the key is called among those of the person. */
  readonly name: string;
  readonly expiresInMs: number;
  readonly timeoutMs?: number | undefined;
}

/** Throws unauthenticated for what opens nothing, rate_limited after too many attempts. */
export async function keyForPerson({ url, as, name, expiresInMs, timeoutMs }: KeyRequest): Promise<string> {
  const client = createClient({ url, jar: new CookieJar(), timeoutMs });
  await client.signIn({ body: as });
  try {
    return (await client.createKey({ body: { kind: 'user', name, expiresInMs } })).secret;
  } finally {
    await client.signOut();
  }
}
