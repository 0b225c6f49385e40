import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, type SessionId } from '@treeline/shared';
import type { Socket } from 'socket.io';
import { io as connectTo, type Socket as Client } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../testing.ts';
import { pressureOf } from './back-pressure.ts';
import { SlowViewers } from './slow-viewers.ts';

const GIVE_UP_AFTER_MS = 400;
const session = newId('session');
const chunk = 'x'.repeat(500_000);

let slow: SlowViewers;
let told: SessionId[];
let socket: Socket;
let client: Client;
let close: () => Promise<void>;

beforeEach(async () => {
  const { Server } = await import('socket.io');
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const namespace = io.of('/viewer');
  told = [];
  slow = new SlowViewers({ namespace, resync: (_socket, id) => told.push(id), giveUpAfterMs: GIVE_UP_AFTER_MS });
  const connected = new Promise<Socket>((resolve) => void namespace.on('connection', resolve));
  client = connectTo(`http://127.0.0.1:${port}/viewer`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  socket = await connected;
  await until(() => client.connected);
  close = async () => {
    slow.stop();
    client.close();
    await io.close();
  };
});
afterEach(() => close());

const transport = () => (client.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } }).ws;

/** Sends until more waits for the client than the system's own buffers take. */
async function sendUntil(pressure: 'slow' | 'hopeless'): Promise<void> {
  await until(() => {
    socket.emit('log', chunk);
    return pressureOf(socket) === pressure;
  });
}

describe('a slow viewer', () => {
  it('is told to attach again once it has read what waited', async () => {
    transport().pause();
    await sendUntil('slow');
    slow.skipped(socket, session);
    transport().resume();
    await until(() => told.length > 0);
    expect(told).toEqual([session]);
    expect(pressureOf(socket)).toBe('drained');
  });

  it('is cut off when it does not read for long', async () => {
    transport().pause();
    await sendUntil('slow');
    slow.skipped(socket, session);
    await until(() => !socket.connected);
    expect(told).toEqual([]);
  });

  it('is cut off when far too much waits, whoever sent it', async () => {
    transport().pause();
    await sendUntil('hopeless');
    await until(() => !socket.connected);
  });
});
