import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { API, ERRORS, LIMITS, ProblemBody, type EndpointSpec } from '@treeline/shared';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_ACTIONS } from '../domain/authorization/table.ts';
import { startTestRelay, type Answer, type TestRelay } from '../testing.ts';

let relay: TestRelay;
const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeAll(async () => {
  process.on('unhandledRejection', note);
  relay = await startTestRelay();
});
afterEach(stillServes);

async function stillServes(): Promise<void> {
  expect(unhandled).toEqual([]);
  expect((await relay.call('GET', '/api/v1/sessions')).body).toEqual({ sessions: [] });
}
afterAll(async () => {
  await relay.stop();
  process.off('unhandledRejection', note);
});

/** A problem of the catalogue with its status and a request id that is also in the header. */
function expectProblem(answer: Answer, ...codes: (keyof typeof ERRORS)[]): void {
  const { error } = ProblemBody.parse(answer.body);
  expect(codes).toContain(error.code);
  expect(answer.status).toBe(ERRORS[error.code].status);
  expect(error.hint).toBe(ERRORS[error.code].hint);
  expect(error.requestId).toBe(answer.headers.get('x-request-id'));
}

const endpoints = Object.entries(API) as [keyof typeof API, EndpointSpec][];
const withBody = endpoints.filter(([, { body }]) => body !== undefined);
const withParams = endpoints.filter(([, { params }]) => params !== undefined);
const withQuery = endpoints.filter(([, { query }]) => query !== undefined);
const pathOf = ({ path }: EndpointSpec, id = 'ses_00000000000000000000000000') =>
  `/api/v1${path.replace(':id', id.replace('ses', path.split('/')[1] === 'triggers' ? 'trg' : path.split('/')[1] === 'keys' ? 'key' : 'ses'))}`;
/** The credential is judged before anything that was sent: what a key may not do is refused with that. */
const refusal = (name: keyof typeof API, ...codes: (keyof typeof ERRORS)[]): (keyof typeof ERRORS)[] => {
  const kinds: readonly string[] = HTTP_ACTIONS[name].to;
  return kinds.includes('key') || kinds.includes('join') ? codes : ['forbidden'];
};
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe.each(withBody)('%s', (name, spec) => {
  const post = async (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    relay.call('POST', pathOf(spec), {
      raw,
      headers,
      ...(name === 'joinRunner' ? { key: await relay.joinToken() } : {}),
    });

  /** Of an endpoint that needs nothing, for nothing in particular. */
  const isBody = spec.body?.safeParse({}).success === true && spec.params === undefined;

  it('refuses what is not JSON or not its body', async () => {
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '12',
      '{"prompt":',
      '\u0000',
      '{"__proto__":{"a":1}}',
      `{"x":${deep(20_000)}}`,
      deep(20_000),
    ];
    const wrong = Object.keys((spec.body as unknown as { shape?: object }).shape ?? {}).map((field) =>
      JSON.stringify({ [field]: { wrong: ['type'] } }),
    );
    for (const body of [...bodies, ...wrong]) {
      const answer = await post(body);
      // Where every field is optional, an empty body is a body, for a session that does not exist or for the relay itself.
      if (isBody && answer.status < 300) continue;
      expectProblem(answer, ...refusal(name, 'bad_request', 'not_found'));
    }
  });

  it('refuses a body that is too large', async () => {
    expectProblem(
      await post(JSON.stringify({ prompt: 'x'.repeat(LIMITS.packetBytes) })),
      ...refusal(name, 'too_large'),
    );
  });

  it('refuses other encodings, types and broken text', async () => {
    expectProblem(await post('{}', { 'content-encoding': 'gzip' }), ...refusal(name, 'bad_request'));
    expectProblem(
      await post('{}', { 'content-type': 'application/json; charset=nonsense' }),
      ...refusal(name, 'bad_request'),
    );
    expectProblem(
      await post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      ...refusal(name, 'bad_request'),
    );
    const broken = await post(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]));
    if (!isBody || broken.status >= 300) expectProblem(broken, ...refusal(name, 'bad_request', 'not_found'));
  });
});

describe.each(withParams)('%s', (name, spec) => {
  it('refuses an id that is none', async () => {
    for (const id of ['x', 'ses_UPPER', `ses_${'0'.repeat(5000)}`, '__proto__', '%00', '%F0%9F']) {
      const path = `/api/v1${spec.path.replace(':id', id)}`;
      expectProblem(
        await relay.call(spec.method.toUpperCase(), path, spec.body === undefined ? {} : { body: {} }),
        // What is no text at all is refused before anybody is asked who they are.
        'bad_request',
        ...refusal(name),
      );
    }
  });
});

describe.each(withQuery)('%s', (_name, spec) => {
  it('refuses a query that is none of its own', async () => {
    for (const query of ['limit=x', 'limit=-1', 'limit=1e9', 'limit=1&limit=2', 'limit=0']) {
      expectProblem(await relay.call('GET', `${pathOf(spec)}?${query}`), 'bad_request');
    }
  });
});

describe('the HTTP edge', () => {
  it('answers every unknown path and method with a problem', async () => {
    for (const [method, path] of [
      ['GET', '/nope'],
      ['GET', '/api'],
      ['GET', '/api/v1'],
      ['GET', '/api/v1/nope'],
      ['POST', '/'],
      ['PUT', '/api/v1/sessions'],
      ['PATCH', '/api/v1/keys'],
      ['DELETE', '/healthz'],
      ['GET', '/assets/none.js'],
      ['GET', '/s'],
      ['POST', '/api/v1/runners'],
    ] as const) {
      expectProblem(await relay.call(method, path), 'not_found');
    }
    expectProblem(await relay.call('GET', '/%c0%af'), 'bad_request', 'not_found');
    expectProblem(await relay.call('GET', '/s/%'), 'bad_request', 'not_found');
  });

  it('gives people a page at the addresses that they get as links', async () => {
    for (const path of ['/', '/s/ses_00000000000000000000000000', '/inbox', '/login']) {
      const answer = await relay.call('GET', path, { key: null, headers: { accept: 'text/html' } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    }
    expectProblem(await relay.call('GET', '/api/v1/nope', { headers: { accept: 'text/html' } }), 'not_found');
  });

  it('keeps a sane request id of the caller and no other', async () => {
    const idOf = async (id: string) =>
      (await relay.call('GET', '/healthz', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await idOf('build-1234.5')).toBe('build-1234.5');
    expect(await idOf('<script>alert(1)</script>')).toMatch(/^req_/);
    expect(await idOf('x'.repeat(500))).toMatch(/^req_/);
  });

  it('answers bytes that are no HTTP with a problem and closes', async () => {
    for (const bytes of [
      '\u0000\u0001\u0002\r\n\r\n',
      'GET\r\n\r\n',
      `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
    ]) {
      const text = await new Promise<string>((resolve, reject) => {
        const socket = connectTcp(relay.port, '127.0.0.1', () => socket.end(bytes));
        let got = '';
        socket.on('data', (chunk) => (got += chunk.toString()));
        socket.on('close', () => resolve(got));
        socket.on('error', reject);
      });
      expect(['bad_request', 'too_large']).toContain(
        ProblemBody.parse(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).error.code,
      );
    }
  });

  it('survives a caller that hangs up in the middle of a body', async () => {
    for (let at = 0; at < 20; at++) {
      await new Promise<void>((resolve) => {
        const { hostname, port } = new URL(relay.url);
        const headers = {
          authorization: `Bearer ${relay.localKey()}`,
          'content-type': 'application/json',
          'content-length': 1000,
        };
        const request = httpRequest({ hostname, port, method: 'POST', path: '/api/v1/sessions', headers });
        request.on('error', () => resolve());
        request.write('{"prompt":', () => request.destroy());
        request.on('close', () => resolve());
      });
    }
  });

  it('slows down whoever sends one wrong key after the other, and nobody else', async () => {
    const other = await startTestRelay();
    const answers: Answer[] = [];
    for (let at = 0; at < 140; at++)
      answers.push(await other.call('GET', '/api/v1/sessions', { key: 'tl_user_wrong' }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    expect((await other.call('GET', '/api/v1/sessions')).status).toBe(200);
    await other.stop();
  });

  it('is not ready while its store is not well', async () => {
    const answer = await relay.call('GET', '/readyz', { key: null });
    expect(answer).toMatchObject({
      status: 200,
      body: { ready: true, backend: 'sqlite', volatile: false, relayId: relay.relayId },
    });
  });
});
