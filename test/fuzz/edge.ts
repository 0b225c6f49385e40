/** Clients that hold on to a relay, or throw at it what is too much: it serves on, and says so to those that it sends away. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { startRelay } from '../bench/servers/process.ts';
import type { Health } from './healthy.ts';
import { startHealthy } from './healthy-process.ts';
import { rssMiB } from './target.ts';

const MIB = 1024 * 1024;
const TOO_MUCH = 64 * MIB;
/** Connections that the relay of the test holds at most; one more is refused. */
const HELD_MAX = 1_000;
const WAVE = 500;
const DRIP_MS = 500;

export interface EdgeResult {
  readonly health: Health;
  readonly grownMiB: number;
  /** Connections beyond the bound: told so in words, and only closed. */
  readonly told: number;
  readonly closed: number;
  readonly wrong: readonly string[];
}

export async function runEdge({ connections, slow }: { connections: number; slow: number }): Promise<EdgeResult> {
  const bound = String(HELD_MAX);
  const relay = await startRelay({
    env: { TREELINE_MAX_CONNECTIONS: bound, TREELINE_MAX_CONNECTIONS_OF_ADDRESS: bound },
  });
  const port = Number(new URL(relay.url).port);
  const healthy = await startHealthy(relay);
  const rssBefore = rssMiB(relay.pid);
  const wrong: string[] = [];
  const dripping = await drip(port, slow);
  const reading = readSlowly(port);
  const frames = await throwFrames(relay.url);
  if (frames !== 1009 && frames !== 1006) wrong.push(`a frame of 64 MiB ended its connection with ${frames}`);
  const bodies = await throwBodies(relay);
  if (bodies.some((status) => status >= 500 || status < 400)) wrong.push(`bodies were answered ${bodies.join(', ')}`);
  const { told, closed } = await knock(port, connections);
  if (told === 0) wrong.push('nobody was told that there are too many connections');
  dripping.stop();
  reading.destroy();
  const ready = await fetch(`${relay.url}/readyz`).then(({ status }) => status);
  if (ready !== 200) wrong.push(`it is not ready any more: ${ready}`);
  const health = await healthy.stop();
  if (health.failed > 0) wrong.push(`the healthy client got ${health.failed} times no answer`);
  const grownMiB = rssMiB(relay.pid) - rssBefore;
  await relay.stop();
  return { health, grownMiB, told, closed, wrong };
}

/** Requests that never come to an end: a byte now and then. */
async function drip(port: number, count: number): Promise<{ stop(): void }> {
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = connect(port, '127.0.0.1').on('error', () => socket.destroy());
    await once(socket, 'connect');
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    sockets.push(socket);
  }
  const timer = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('x');
  }, DRIP_MS);
  return {
    stop() {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Asks for something large over and over, and takes a byte a second of it. */
function readSlowly(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => socket.destroy());
  socket.write('GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200));
  socket.pause();
  const timer = setInterval(() => void socket.read(1), 1_000);
  socket.once('close', () => clearInterval(timer));
  return socket;
}

/** The code with which the relay ends a connection that sends too large a frame. */
async function throwFrames(url: string): Promise<number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  socket.on('error', () => undefined);
  socket.once('message', () => socket.send(Buffer.alloc(TOO_MUCH, 0x20)));
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

/** The answers to a body that is too large, and to one that would be when it is unpacked; 499: cut on its way. */
async function throwBodies({ url, key }: { url: string; key: string }): Promise<number[]> {
  const post = (body: Buffer, headers: Record<string, string>) =>
    fetch(`${url}/api/v1/sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: new Uint8Array(body),
    }).then(
      ({ status }) => status,
      () => 499,
    );
  const bomb = gzipSync(Buffer.alloc(TOO_MUCH, 0x20));
  return [await post(Buffer.alloc(TOO_MUCH, 0x20), {}), await post(bomb, { 'content-encoding': 'gzip' })];
}

/** Opens connections in waves, more at a time than the relay holds. */
async function knock(port: number, count: number): Promise<{ told: number; closed: number }> {
  const outcome = { told: 0, closed: 0 };
  const held: Socket[] = [];
  for (let opened = 0; opened < count; opened += WAVE) {
    await Promise.all(
      Array.from({ length: WAVE }, async () => {
        const socket = connect(port, '127.0.0.1').on('error', () => socket.destroy());
        let heard = '';
        socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
        socket.once('close', () => {
          if (heard.startsWith('HTTP/1.1 503')) outcome.told++;
          else outcome.closed++;
        });
        await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
        held.push(socket);
      }),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const { told, closed } = outcome;
  for (const socket of held) socket.destroy();
  return { told, closed };
}
