/**
 * Under which names the relay answers. A page of a foreign name that was bound to this address a moment ago (DNS
 * rebinding) would else be served as our own. Addresses, and names that nobody can own on the internet, are always fine.
 */
import { isIP } from 'node:net';

export interface HostRules {
  /** Names, without ports, in lower case. */
  readonly names: ReadonlySet<string>;
}

/** Names that the public name system never gives to anybody. */
const PRIVATE = /(^|\.)(localhost|local|internal|home\.arpa)$/;

/** From the URLs and origins that belong to the relay, and names that its operator adds. */
export function hostRules(urls: readonly string[], names: readonly string[]): HostRules {
  return { names: new Set([...urls.map((url) => new URL(url).hostname), ...names].map((name) => name.toLowerCase())) };
}

/** Whether a Host header names this relay. Without one there is no page to be fooled: HTTP/1.0 and programs. */
export function isKnownHost({ names }: HostRules, header: string | undefined): boolean {
  if (header === undefined) return true;
  if (!URL.canParse(`http://${header}`)) return false;
  const { hostname, pathname, username } = new URL(`http://${header}`);
  if (pathname !== '/' || username !== '') return false;
  const name = hostname.replace(/\.$/, '');
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true;
  return names.has(name) || PRIVATE.test(name) || !name.includes('.');
}
