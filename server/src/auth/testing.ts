/** A browser as the relay sees one: it keeps its cookies, and names its page. */
import type { Socket } from 'socket.io-client';
import { connect, type Answer, type TestRelay } from '../testing.ts';

export class Browser {
  readonly #relay: TestRelay;
  readonly cookies = new Map<string, string>();

  constructor(relay: TestRelay, cookies: Iterable<[string, string]> = []) {
    this.#relay = relay;
    for (const [name, value] of cookies) this.cookies.set(name, value);
  }

  static async withCode(relay: TestRelay, code: string): Promise<Browser> {
    const browser = new Browser(relay);
    const { status } = await browser.post('/auth/sign-in', { code });
    if (status !== 200) throw new Error(`the code signed nobody in: ${status}`);
    return browser;
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.call('POST', path, body);
  }

  refresh(): Promise<Answer> {
    return this.post('/auth/refresh');
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.#relay.call(method, `/api/v1${path}`, {
      key: null,
      headers: this.headers(),
      ...(body === undefined ? {} : { body }),
    });
    for (const header of answer.headers.getSetCookie()) {
      const [pair = ''] = header.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  socket(): Promise<Socket> {
    return connect(this.#relay, '/viewer', { headers: this.headers() });
  }

  headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      origin: this.#relay.url,
      cookie,
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36',
    };
  }
}
