/** One input to one route. */
import { API, isShallow, newId, type Api, type EndpointSpec } from '@treeline/shared';
import type { Fuzz, Outcome } from './outcome.ts';
import { parsed } from './values.ts';

const ROUTES = Object.entries(API) as [keyof Api, EndpointSpec][];
/** Right whatever they are sent: they would copy the store for each input, or end the credentials of the test. */
const ALWAYS_RIGHT: ReadonlySet<string> = new Set(['createBackup', 'rotateSigningKeys', 'createSignInCode']);
const CHANGING = ROUTES.filter(([name, { body }]) => body !== undefined && !ALWAYS_RIGHT.has(name));
const QUERIES = [
  '?limit=-1',
  '?after=%00',
  '?limit[]=1&limit[a]=2',
  '?__proto__[x]=1',
  `?x=${'y'.repeat(3_000)}`,
  '?state=%ff',
];
const HEADERS: readonly Record<string, string>[] = [
  {},
  {},
  {},
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-7' },
  { 'content-encoding': 'gzip' },
  { 'x-request-id': 'y'.repeat(3_000) },
  { origin: 'https://evil.example' },
];

/** A body that its declaration does not allow; as it should be, with `right`. */
export async function tryBody(fuzz: Fuzz, { right }: { right: boolean }): Promise<Outcome> {
  const { random } = fuzz.values;
  const [name, spec] = random.pick(CHANGING);
  const body = right ? JSON.stringify(fuzz.values.of(spec.body as never, 0)) : wrongBody(fuzz, spec);
  const path = spec.path.replace(':id', random.pick([newId('session'), newId('trigger'), fuzz.target.live]));
  const key = name === 'joinRunner' ? fuzz.target.joinKey : fuzz.target.relay.key;
  return ask(fuzz, { method: spec.method, path, key, body, headers: right ? {} : random.pick(HEADERS) });
}

function wrongBody({ values }: Fuzz, { body: schema }: EndpointSpec): string | Buffer {
  const { random } = values;
  for (;;) {
    if (random.chance(0.1)) return values.bytes();
    const made = random.chance(0.35) ? values.hostile() : JSON.stringify(values.of(schema as never, 0.35));
    const text = random.chance(0.2) ? made.slice(0, random.int(0, made.length)) : made;
    // Without a body, the defaults are meant.
    const value = parsed(text === '' ? '{}' : text);
    if (value === undefined || !isShallow(value) || schema?.safeParse(value).success !== true) return text;
  }
}

/** A path, a query or a credential that is not right, of any route. */
export function tryAddress(fuzz: Fuzz): Promise<Outcome> {
  const { random } = fuzz.values;
  const [, spec] = random.pick(ROUTES);
  const id = random.pick(['..%2f..', '%00', '%ff%fe', '__proto__', 'x'.repeat(500), '%E0%A4%A', newId('relay')]);
  const path = `${spec.path.replace(':id', id)}${random.pick(['', ...QUERIES])}`;
  const key = random.pick(['', 'tl_user_x', fuzz.target.runner.key, fuzz.target.joinKey, 'x'.repeat(5_000)]);
  return ask(fuzz, {
    method: spec.method,
    path,
    key,
    body: spec.method === 'post' ? fuzz.values.hostile() : undefined,
    headers: random.pick(HEADERS),
  });
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: string | Buffer | undefined;
  readonly headers: Record<string, string>;
}

async function ask({ target }: Fuzz, { method, path, key, body, headers }: Request): Promise<Outcome> {
  const what = `${method.toUpperCase()} ${path.slice(0, 120)} ${String(body ?? '').slice(0, 200)}`;
  try {
    const response = await fetch(`${target.relay.url}/api/v1${path}`, {
      method: method.toUpperCase(),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    await response.arrayBuffer();
    const { status } = response;
    return {
      what,
      said: String(status),
      ours: status >= 500 && status !== 503,
      taken: status < 300 && method !== 'get',
    };
  } catch (error) {
    // A body that is too large is refused while it is still on its way.
    return { what, said: `closed: ${error instanceof Error ? error.message : ''}`, ours: false, taken: false };
  }
}
