/**
 * The two cookies of a sign-in. Over https `__Host-treeline` and `__Host-treeline-refresh`; over plain http their names
 * have the port, since cookies are blind to ports.
 */
import type { TokenUse } from './signing-keys.ts';

export interface CookieRules {
  readonly names: Readonly<Record<TokenUse, string>>;
  readonly secure: boolean;
}

export function cookieRules(publicUrl: string): CookieRules {
  const { protocol, port } = new URL(publicUrl);
  const secure = protocol === 'https:';
  const base = secure ? '__Host-treeline' : `treeline-${port || '80'}`;
  return { names: { access: base, refresh: `${base}-refresh` }, secure };
}

/** The value of Set-Cookie; without a value it ends the cookie. */
export function setCookie(
  { names, secure }: CookieRules,
  use: TokenUse,
  value?: { readonly token: string; readonly maxAgeMs: number },
): string {
  const age = value === undefined ? 0 : Math.floor(value.maxAgeMs / 1000);
  const attributes = `Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return `${names[use]}=${value?.token ?? ''}; ${attributes}`;
}

/** The value of the cookie of this name in a request's Cookie header. */
export function readCookie(name: string, header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, ...rest] = part.trim().split('=');
    if (key === name) return rest.join('=') || undefined;
  }
  return undefined;
}
