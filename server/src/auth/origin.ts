/** Which web pages may talk to the relay. Browsers name the page in Origin; programs send none. */

export interface OriginRules {
  /** Origins besides the one that the request itself was sent to. */
  readonly allowed: ReadonlySet<string>;
}

/** Whether a request from a page of this origin is welcome: an allowed one, or the very host that it was sent to. */
export function isOwnOrigin({ allowed }: OriginRules, origin: string, host: string | undefined): boolean {
  if (allowed.has(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && originHost === host.toLowerCase();
}
