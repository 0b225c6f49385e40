/** Joining a relay: a join token is traded, once, for this runner's own key. */
import { isIP } from 'node:net';
import type { Labels, RunnerView } from '@treeline/shared';
import type { Environment } from '../agents/environment.ts';
import { createClient } from '../client/client.ts';
import { changeConfig } from './config.ts';
import { saveCredentials } from './credentials.ts';
import { HomeError, type Home } from './home.ts';
import { ensureIdentity } from './identity.ts';
import { takeInventory } from './inventory.ts';

export interface JoinOptions {
  readonly home: Home;
  /** Base URL of the relay. */
  readonly url: string;
  readonly token: string;
  /** Default: the name it has, or the machine's. */
  readonly name?: string | undefined;
  /** Default: the labels it has. */
  readonly labels?: Labels | undefined;
  /** Let the token and the key travel unencrypted to another machine. */
  readonly insecure?: boolean | undefined;
  readonly env: Environment;
  readonly version: string;
}

/**
 * Makes this folder a runner of the relay and keeps its key. Throws a HomeError for an address that is not safe, and what
 * the client throws: RelayUnreachable, or the relay's own problem. A folder that has joined before keeps its identity.
 */
export async function joinRelay(options: JoinOptions): Promise<RunnerView> {
  const { home, token, name, labels } = options;
  const url = relayUrl(options.url, options.insecure === true);
  await ensureIdentity(home, name);
  if (labels !== undefined) await changeConfig(home, { labels });
  const { profile } = await takeInventory(options);
  const { runner, key } = await createClient({ url, key: token }).joinRunner({ body: { runner: profile } });
  await saveCredentials(home, { relays: [url], key });
  return runner;
}

/** The origin of a relay's URL. Unencrypted only to this machine itself, unless that is wanted. */
export function relayUrl(text: string, insecure: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^(https?|wss?):$/.test(url.protocol)) {
    throw new HomeError(`${text} is no URL of a relay; it looks like https://relay.example.org.`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new HomeError(
      'The URL of a relay holds no name, password, query or fragment: secrets do not belong into it.',
    );
  }
  url.protocol = url.protocol.replace(/^ws/, 'http');
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !insecure) {
    throw new HomeError(
      `${url.origin} is not encrypted, so anybody on the way could read this runner's key. Use https, or --insecure if you accept that.`,
    );
  }
  return url.origin;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}
