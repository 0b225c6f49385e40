/**
 * An HTTP server on loopback for one agent: a random port, a random path and a secret, so that no other program or web page
 * on the machine reaches the tools of this session. Knows nothing of MCP but its three methods.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LIMITS } from '@treeline/shared';

export interface LoopbackServer {
  readonly url: string;
  readonly bearer: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

export type WebHandler = (request: Request) => Promise<Response>;

const METHODS = new Set(['GET', 'POST', 'DELETE']);

/** Resolves when it listens. `handle` gets only requests that proved themselves; their signal aborts when the client leaves. */
export async function serveLoopback(handle: WebHandler): Promise<LoopbackServer> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const bearer = randomBytes(32).toString('base64url');
  let origin = '';

  const server = createServer((request, response) => {
    const refusal = refuse(request, { origin, path, bearer });
    if (refusal !== undefined) {
      sendRefusal(response, refusal);
      return;
    }
    answer(request, response, { url: origin + path, handle }).catch(() => {
      // The client left in the middle, or the handler failed: either way this exchange is over.
      if (!response.headersSent) sendRefusal(response, 500);
      else response.destroy();
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxConnections = 64;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: origin + path,
    bearer,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Expected {
  readonly origin: string;
  readonly path: string;
  readonly bearer: string;
}

/** The status of a refusal; the wrong path and the wrong secret look alike from outside. */
function refuse(request: IncomingMessage, { origin, path, bearer }: Expected): number | undefined {
  if (request.headers.host !== new URL(origin).host) return 403;
  // Agents send none; a web page always does.
  if (request.headers.origin !== undefined && request.headers.origin !== origin) return 403;
  const given = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
  if (!sameSecret(given, bearer)) return 401;
  if (request.url !== path) return 401;
  if (!METHODS.has(request.method ?? '')) return 405;
  if (Number(request.headers['content-length'] ?? 0) > LIMITS.packetBytes) return 413;
  return undefined;
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function sendRefusal(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close', ...(status === 405 && { allow: [...METHODS].join(', ') }) });
  response.end();
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { url, handle }: { url: string; handle: WebHandler },
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const answered = await handle(toWebRequest(request, url, gone.signal));
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.flushHeaders();
  if (answered.body === null) response.end();
  else await pipeline(Readable.fromWeb(answered.body), response);
}

function toWebRequest(request: IncomingMessage, url: string, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    // Hop-by-hop and secret: of no use to the handler.
    if (value === undefined || name === 'connection' || name === 'authorization') continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const hasBody = request.method === 'POST';
  return new Request(url, {
    method: request.method ?? 'GET',
    headers,
    signal,
    ...(hasBody && { body: Readable.toWeb(request), duplex: 'half' }),
  });
}
