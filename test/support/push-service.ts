/**
 * Plays what is outside: a push service with the browsers behind it, and an ntfy server. What arrives for a browser is
 * decrypted with that browser's own keys, so a test reads what a person would.
 */
import { createECDH, createPublicKey, randomBytes, verify, type ECDH } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PushMessage, type PushAddress } from '@treeline/shared';
import ece from 'http_ece';

export interface PlayedBrowser {
  readonly address: PushAddress;
  /** What arrived, in order. */
  readonly pushes: ArrivedPush[];
}

export interface ArrivedPush {
  readonly message: PushMessage;
  readonly headers: IncomingHttpHeaders;
}

export interface TopicPost {
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface PushService {
  /** Origin of both. */
  readonly url: string;
  readonly topicPosts: TopicPost[];
  /** A browser that has just subscribed. */
  browser(): PlayedBrowser;
  /** What the next requests are answered, until changed. Default 201. */
  answerWith(status: number, headers?: Record<string, string>): void;
  /** Requests so far, refused ones included. */
  requests(): number;
  close(): Promise<void>;
}

export async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, PlayedBrowser & { pair: ECDH; secret: Buffer }>();
  const topicPosts: TopicPost[] = [];
  let answer: { status: number; headers: Record<string, string> } = { status: 201, headers: {} };
  let requests = 0;
  let url = '';

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests++;
      const body = Buffer.concat(parts);
      const browser = browsers.get(request.url ?? '');
      if (answer.status < 300 && browser !== undefined) {
        verifyVapid(request.headers, url);
        const plain = ece.decrypt(body, {
          version: 'aes128gcm',
          privateKey: browser.pair,
          authSecret: browser.secret.toString('base64url'),
        });
        const message = PushMessage.parse(JSON.parse(plain.toString()));
        browser.pushes.push({ message, headers: request.headers });
      } else if (answer.status < 300 && request.url === '/') {
        topicPosts.push({ headers: request.headers, body: JSON.parse(body.toString()) as TopicPost['body'] });
      }
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    topicPosts,
    browser() {
      const pair = createECDH('prime256v1');
      const secret = randomBytes(16);
      const path = `/push/${randomBytes(12).toString('base64url')}`;
      const keys = { p256dh: pair.generateKeys().toString('base64url'), auth: secret.toString('base64url') };
      const browser = { address: { endpoint: `${url}${path}`, keys }, pushes: [], pair, secret };
      browsers.set(path, browser);
      return browser;
    },
    answerWith(status, headers = {}) {
      answer = { status, headers };
    },
    requests: () => requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}

/** Throws unless the relay's own key signed, for this service, a token that ends within a day. */
function verifyVapid(headers: IncomingHttpHeaders, audience: string): void {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization ?? '') ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: part(point, 1), y: part(point, 33) };
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  const fresh = typeof exp === 'number' && exp < Date.now() / 1000 + 24 * 3600 + 60;
  if (!signed || aud !== audience || !fresh || typeof sub !== 'string')
    throw new Error(`not signed as VAPID asks: ${claims}`);
}

const part = (point: Buffer, from: number) => point.subarray(from, from + 32).toString('base64url');
