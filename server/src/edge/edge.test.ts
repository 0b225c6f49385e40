import type { AuditLine } from '@treeline/shared';
import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, copyFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { RelayOptions } from '../config.ts';
import { connect, startTestRelay, until, type TestRelay } from '../testing.ts';

let relay: TestRelay;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await relay.stop();
});

/** What the relay says to bytes until it closes or has said something. */
function say(bytes: string): Promise<string> {
  const socket = connectTcp(relay.port, '127.0.0.1');
  sockets.push(socket);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  socket.write(bytes);
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('close', () => resolve(heard));
  });
}

function idle(): Promise<Socket> {
  const socket = connectTcp(relay.port, '127.0.0.1');
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('connect', () => resolve(socket));
  });
}

function withHost(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ port: relay.port, path: '/api/v1/auth/me', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

describe('the address of whoever opens a socket', () => {
  const addressTold = async (options: RelayOptions, forwarded: string) => {
    relay = await startTestRelay(options);
    const headers = { 'x-forwarded-for': forwarded };
    await expect(connect(relay, '/viewer', { auth: { key: 'wrong' }, headers })).rejects.toThrow('is not valid');
    const { body } = await relay.call('GET', '/api/v1/audit?outcome=refused');
    return (body as { lines: AuditLine[] }).lines.map(({ from }) => from.address);
  };

  it('is what a trusted proxy says, and of that only what it added', async () => {
    expect(await addressTold({ trustProxy: ['loopback'] }, '198.51.100.1, 203.0.113.9')).toEqual(['203.0.113.9']);
  });

  it('is that of the connection when nobody is trusted, whatever it says', async () => {
    const [address] = await addressTold({}, '203.0.113.9');
    expect(address).toMatch(/127\.0\.0\.1$/);
  });
});

describe('the edge', () => {
  it('does not answer to a foreign name, over HTTP and websocket', async () => {
    relay = await startTestRelay({ allowedHosts: ['other.example'] });
    expect(await withHost('evil.example')).toBe(421);
    expect(await withHost('other.example')).toBe(401);
    const auth = { key: relay.localKey() };
    await expect(connect(relay, '/viewer', { auth, headers: { host: 'evil.example' } })).rejects.toThrow(
      'websocket error',
    );
  });

  it('a websocket from a page of another origin is refused', async () => {
    relay = await startTestRelay();
    const auth = { key: relay.localKey() };
    await expect(connect(relay, '/viewer', { auth, headers: { origin: 'https://evil.example' } })).rejects.toThrow(
      'websocket error',
    );
    const own = await connect(relay, '/viewer', { auth, headers: { origin: relay.url } });
    own.close();
  });

  it('one connection too many is told so, and the others are served on', async () => {
    relay = await startTestRelay({ edge: { maxConnectionsOfAddress: 3 } });
    await relay.call('GET', '/healthz');
    const held = [await idle(), await idle(), await idle()];
    const answer = await until(async () => {
      const text = await say('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      return text.startsWith('HTTP/1.1 503') ? text : undefined;
    });
    expect(answer).toContain('"code":"unavailable"');
    for (const socket of held) socket.destroy();
    await until(async () => {
      const text = await say('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n').catch(() => '');
      return text.startsWith('HTTP/1.1 200');
    });
  });

  it('too many requests of one credential, and too many of its sockets, are refused with rate_limited', async () => {
    relay = await startTestRelay({ edge: { requestsOfPrincipal: 5, socketsOfPrincipal: 1 } });
    const auth = { key: relay.localKey() };
    const first = await connect(relay, '/viewer', { auth });
    await expect(connect(relay, '/viewer', { auth })).rejects.toMatchObject({ data: { code: 'rate_limited' } });
    first.close();
    const refused = await until(async () => {
      const { status, body } = await relay.call('GET', '/api/v1/auth/me');
      return status === 429 ? body : undefined;
    });
    expect(refused).toMatchObject({ error: { code: 'rate_limited' } });
  });

  it('a compressed body is not unpacked', async () => {
    relay = await startTestRelay();
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    const headers = { 'content-encoding': 'gzip' };
    const { status } = await relay.call('POST', '/api/v1/sessions', { raw: new Uint8Array(bomb), headers });
    expect(status).toBe(400);
  });

  it('answers with headers that let no page frame it, guess types, or load from elsewhere', async () => {
    relay = await startTestRelay();
    const { headers } = await relay.call('GET', '/healthz');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('TLS by certificate files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'treeline-tls-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function certificate(name: string): { cert: string; key: string } {
    const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { cert, key };
  }

  const seenName = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ port: relay.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        const { raw } = socket.getPeerCertificate();
        socket.destroy();
        resolve(new X509Certificate(raw).subject);
      });
      socket.once('error', reject);
    });

  it('serves it, and the next one as soon as the files change', async () => {
    const [first, second] = [certificate('first'), certificate('second')];
    const tls = { tlsCert: join(folder, 'used.pem'), tlsKey: join(folder, 'used.key') };
    copyFileSync(first.cert, tls.tlsCert);
    copyFileSync(first.key, tls.tlsKey);
    relay = await startTestRelay({ ...tls, publicUrl: 'https://localhost' });
    expect(await seenName()).toBe('CN=first');
    copyFileSync(second.cert, tls.tlsCert);
    copyFileSync(second.key, tls.tlsKey);
    const later = new Date(Date.now() + 5_000);
    utimesSync(tls.tlsCert, later, later);
    await until(async () => (await seenName()) === 'CN=second');
  });
});
