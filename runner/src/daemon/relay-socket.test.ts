import { createServer, type AddressInfo, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { endingOfFailure } from './link-ending.ts';
import { RelaySocket } from './relay-socket.ts';

const accepted: Socket[] = [];
const server = createServer((socket) => accepted.push(socket));
afterEach(() => {
  for (const socket of accepted.splice(0)) socket.destroy();
});

const failureOf = (port: number): Promise<unknown> => {
  const logger = pino({ enabled: false });
  const socket = new RelaySocket({ url: `http://127.0.0.1:${port}`, key: 'x', logger, connectMs: 300 });
  return socket.connect(new AbortController().signal).then(() => 'connected', endingOfFailure);
};

it('tells a way on which nobody answers from a relay that is not there', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await failureOf(port)).toMatchObject({ kind: 'lost', unanswered: true, problem: 'it did not answer in time' });
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of accepted.splice(0)) socket.destroy();
  await closed;
  expect(await failureOf(port)).toMatchObject({ kind: 'lost', unanswered: false });
});
