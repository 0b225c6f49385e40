/** Bytes that are no request, and packets that are none of Socket.IO's. */
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { Fuzz, Outcome } from './outcome.ts';

const HOST = 'Host: localhost\r\n';
const UPGRADE = `${HOST}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
const REQUESTS = [
  'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`,
  `GET / HTTP/1.1\r\n${HOST}${'X-A: b\r\n'.repeat(3_000)}\r\n`,
  `POST /api/v1/sessions HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST /api/v1/sessions HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`,
  `POST /api/v1/sessions HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n`,
  `GET /socket.io/?EIO=99&transport=polling HTTP/1.1\r\n${HOST}\r\n`,
  `GET /socket.io/?EIO=4&transport=websocket&sid=none HTTP/1.1\r\n${UPGRADE}`,
  `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${UPGRADE}\xff\xff\xff\xff\xff\xff`,
  // A frame that says it has 2^63 bytes.
  `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${UPGRADE}\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
] as const;

const PACKETS: readonly (() => string | Buffer)[] = [
  () => '',
  () => '4',
  () => '40',
  () => '40/viewer,{',
  () => `40/viewer,${'['.repeat(100_000)}`,
  () => '40/nowhere,{}',
  () => '41/viewer,',
  () => '42["overview",{}]',
  () => '42/viewer,["overview",{}]',
  () => '42/viewer,0[]',
  () => '42/viewer,99999999999999999999["overview",{}]',
  () => '43/viewer,1[{}]',
  () => '451-/runner,["log",{"_placeholder":true,"num":0}]',
  () => '459999999999-/runner,["log",{"_placeholder":true,"num":7}]',
  () => '44/viewer,{"message":"x"}',
  () => '49',
  () => '6',
  () => '5',
  () => Buffer.from([0xc3, 0x28, 0xff]),
];

export function tryBytes({ target, values }: Fuzz): Promise<Outcome> {
  const bytes = values.random.chance(0.3) ? values.bytes() : Buffer.from(values.random.pick(REQUESTS), 'latin1');
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(new URL(target.relay.url).port), '127.0.0.1', () => socket.end(bytes));
    socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      const [, status = 'closed'] = /^HTTP\/1\.1 (\d+)/.exec(heard) ?? [];
      const ours = status.startsWith('5') && status !== '503';
      resolve({ what: bytes.toString('latin1').slice(0, 200), said: status, ours, taken: false });
    });
  });
}

export function tryPackets({ target, values }: Fuzz): Promise<Outcome> {
  const address = `${target.relay.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const packets = [values.random.pick(PACKETS)(), values.random.pick(PACKETS)()];
  const binary = values.random.chance(0.2);
  return new Promise((resolve) => {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    const cut = setTimeout(() => socket.terminate(), 300);
    socket.on('error', () => socket.terminate());
    // The first word is the relay's.
    socket.once('message', () => {
      for (const packet of packets) socket.send(packet, { binary });
      socket.send(Buffer.alloc(200, 1));
    });
    socket.once('close', (code) => {
      clearTimeout(cut);
      resolve({ what: `packets ${String(packets)}`.slice(0, 200), said: String(code), ours: false, taken: false });
    });
  });
}
