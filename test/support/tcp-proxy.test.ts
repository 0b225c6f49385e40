import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { until } from './until.ts';

let proxy: TcpProxy;
let closeServer: () => void;
let accepted: Socket[];
beforeEach(async () => {
  accepted = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeServer = () => server.close();
  proxy = await startTcpProxy((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await proxy.close();
  closeServer();
});

async function client(): Promise<{ socket: Socket; got: () => string }> {
  const socket = createConnection({ port: proxy.port, host: '127.0.0.1' });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, got: () => text };
}

test('bytes keep their order when a slow network becomes fast in the middle of them', async () => {
  const { socket, got } = await client();
  proxy.slow(50);
  const numbers = Array.from({ length: 300 }, (_, at) => `${at} `);
  for (const [at, number] of numbers.entries()) {
    socket.write(number);
    if (at % 10 === 0) await sleep(1);
    if (at === 200) proxy.heal();
  }
  await until('everything came back', () => got().length === numbers.join('').length);
  expect(got()).toBe(numbers.join(''));
  socket.destroy();
});

test('a black hole holds back what is sent and who connects, and loses neither', async () => {
  const early = await client();
  proxy.blackHole();
  early.socket.write('held');
  const late = await client();
  late.socket.write('late');
  await sleep(100);
  expect([early.got(), late.got()]).toEqual(['', '']);
  proxy.heal();
  await until('both came back', () => early.got() === 'held' && late.got() === 'late');
  early.socket.destroy();
  late.socket.destroy();
});

test('a half-open connection is gone at one end only, until it heals', async () => {
  const { socket } = await client();
  await until('it is through', () => accepted.length === 1);
  proxy.halfOpen('server');
  await until('the server knows', () => accepted[0]?.destroyed === true);
  socket.write('into the void');
  await sleep(50);
  expect(socket.destroyed).toBe(false);
  proxy.heal();
  await until('the client knows', () => socket.destroyed);
});

test('a cut ends every connection, and the next one is let in', async () => {
  const first = await client();
  await until('it is through', () => accepted.length === 1);
  proxy.cut();
  await until('it is over', () => first.socket.destroyed);
  const second = await client();
  second.socket.write('again');
  await until('it came back', () => second.got() === 'again');
  second.socket.destroy();
});
