/** The one cookie. Over https `__Host-treeline`; over plain http its name has the port, since cookies are blind to ports. */

export interface CookieRules {
  readonly name: string;
  readonly secure: boolean;
}

export function cookieRules(publicUrl: string): CookieRules {
  const { protocol, port } = new URL(publicUrl);
  return protocol === 'https:'
    ? { name: '__Host-treeline', secure: true }
    : { name: `treeline-${port || '80'}`, secure: false };
}

/** The value of Set-Cookie; without a value it ends the cookie. */
export function setCookie(
  { name, secure }: CookieRules,
  value?: { readonly token: string; readonly maxAgeMs: number },
): string {
  const age = value === undefined ? 0 : Math.floor(value.maxAgeMs / 1000);
  return `${name}=${value?.token ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** The cookie's value in a request's Cookie header. */
export function readCookie({ name }: CookieRules, header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, ...rest] = part.trim().split('=');
    if (key === name) return rest.join('=') || undefined;
  }
  return undefined;
}
