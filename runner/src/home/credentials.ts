/** credentials.json: the way to the relay, 0600. The key is never in a URL, an argument, a log or an agent's environment. */
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { HomeError, type Home } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

export const Credentials = z.object({
  /** Base URLs of one relay, or of several on the same store: tried in turn. */
  relays: z.array(z.url({ protocol: /^https?$/ })).min(1),
  key: z.string().min(1),
  /** The one before, for when the relay does not know the new one: it works until the new one was used. */
  previousKey: z.string().min(1).optional(),
  namespace: z.string().optional(),
});
export type Credentials = z.infer<typeof Credentials>;

export function findCredentials(home: Home): Promise<Credentials | undefined> {
  return readJsonFile(Credentials, home.credentials);
}

/** Throws a HomeError when this runner has not joined a relay. */
export async function readCredentials(home: Home): Promise<Credentials> {
  const credentials = await findCredentials(home);
  if (credentials !== undefined) return credentials;
  throw new HomeError('This runner has not joined a relay yet. Run `treeline runner join URL --token …` first.');
}

export async function saveCredentials(home: Home, credentials: Credentials): Promise<void> {
  await writeJsonFile(home.credentials, Credentials.parse(credentials));
}

export async function forgetCredentials(home: Home): Promise<void> {
  await rm(home.credentials, { force: true });
}
