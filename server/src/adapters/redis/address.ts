/** The address of a Redis: what of it may be printed, and what is wrong with it. */

const EXPECTED = 'expected redis://[user:password@]host[:port][/database], or rediss:// for TLS';

/** The URL without credentials. Throws without repeating the text when it is no URL of a Redis. */
export function printableAddress(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new Error(
      `The Redis URL cannot be read: ${EXPECTED}; special characters in a password must be percent-encoded.`,
    );
  }
  const { protocol, host, pathname, search, hash } = parsed;
  if ((protocol !== 'redis:' && protocol !== 'rediss:') || host === '') {
    throw new Error(`This is not the URL of a Redis: ${EXPECTED}.`);
  }
  if (!/^\/?\d*$/.test(pathname) || hash !== '' || search.includes('@')) {
    throw new Error(
      `The Redis URL is ambiguous: ${EXPECTED}; special characters in a password must be percent-encoded.`,
    );
  }
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
