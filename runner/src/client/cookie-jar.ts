/** The cookies of one sign-in, in memory alone. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** What a request with them says; the relay takes a cookie only from a page of its own origin. */
  headers(url: string): Record<string, string> {
    const pairs = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
    return { origin: new URL(url).origin, ...(pairs.length > 0 && { cookie: pairs.join('; ') }) };
  }

  /** The values of Set-Cookie. */
  take(headers: readonly string[]): void {
    for (const header of headers) {
      const [pair = ''] = header.split(';', 1);
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}
