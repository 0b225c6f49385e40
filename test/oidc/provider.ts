/** A real OpenID provider on this machine, at which anybody signs in as whom they like. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { default: Provider } = await withoutWarning('Unsupported runtime. Use Node.js', () => import('oidc-provider'));

const CLIENT_ID = 'treeline';
const CLIENT_SECRET = 'a secret that stands in a file alone';

/** The provider of these tests works on the oldest Node that Treeline does, and warns of it at each start. */
async function withoutWarning<T>(words: string, work: () => Promise<T>): Promise<T> {
  // oxlint-disable-next-line no-console -- what it writes to
  const { warn } = console;
  const others = (...said: unknown[]): void => (String(said[0]).includes(words) ? undefined : warn(...said));
  Object.assign(console, { warn: others });
  try {
    return await work();
  } finally {
    Object.assign(console, { warn });
  }
}

export interface OidcProvider {
  /** What a relay needs to know of it. */
  readonly relayEnv: Readonly<Record<string, string>>;
  readonly secret: string;
  /** From here on it serves, and sends browsers back to this relay. */
  serve(relayUrl: string): void;
  close(): Promise<void>;
}

/** Its port is known at once; `mallory` says that ann's address is his, which nobody has verified. */
export async function startProvider({ allow }: { allow: readonly string[] }): Promise<OidcProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'treeline-oidc-'));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, `${CLIENT_SECRET}\n`, { mode: 0o600 });
  return {
    secret: CLIENT_SECRET,
    relayEnv: {
      TREELINE_OIDC_ISSUER: issuer,
      TREELINE_OIDC_CLIENT_ID: CLIENT_ID,
      TREELINE_OIDC_CLIENT_SECRET_FILE: secretFile,
      TREELINE_OIDC_NAME: 'Example Works',
      TREELINE_OIDC_ALLOW: allow.join(','),
    },
    serve(relayUrl) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [`${relayUrl}/oidc`] }],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        pkce: { required: () => true },
        cookies: { keys: ['of this test'] },
        findAccount: (_, id) => ({ accountId: id, claims: () => claimsOf(id) }),
      });
      const answer = provider.callback();
      server.on('request', (request, response) => void answer(request, response));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

function claimsOf(id: string) {
  const isMallory = id === 'mallory';
  return { sub: id, email: `${isMallory ? 'ann' : id}@Example.org`, email_verified: !isMallory };
}

/** Goes to the provider as a browser does, signs in there as `login`, and returns where it is sent back to. */
export async function signInAt(start: string, login: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  let form: URLSearchParams | undefined;
  const { origin } = url;
  for (let step = 0; step < 20; step++) {
    if (url.origin !== origin) return url;
    const response: Response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const header of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      cookies.set(name, value);
    }
    const text = await response.text();
    const location = response.headers.get('location');
    form = undefined;
    if (location !== null) url = new URL(location, url);
    else {
      const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1];
      if (prompt === undefined) throw new Error(`the provider shows no form: ${response.status} ${text.slice(0, 500)}`);
      form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'any' } : {}) });
      url = new URL(/<form[^>]* action="([^"]+)"/.exec(text)?.[1] ?? '', url);
    }
  }
  throw new Error('the provider sends the browser round and round');
}
