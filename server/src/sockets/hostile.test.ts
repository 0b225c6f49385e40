import { LIMITS, Problem, RunnerToRelay, ViewerToRelay, newId, type Ack } from '@treeline/shared';
import type { Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, emit, startTestRelay, TestRunner, TestViewer, until, type TestRelay } from '../testing.ts';

let relay: TestRelay;
let runner: TestRunner;
let viewer: Socket;
const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeAll(async () => {
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  relay = await startTestRelay();
  runner = await TestRunner.join(relay);
  await runner.hello(relay);
  viewer = (await TestViewer.open(relay)).socket;
});
afterEach(stillServes);

async function stillServes(): Promise<void> {
  expect(unhandled).toEqual([]);
  expect((await emit(viewer, 'overview', {})).ok).toBe(true);
  expect((await emit(runner.socket, 'heartbeat', { fence: runner.fence, health: { sessions: 0 } })).ok).toBe(true);
}
afterAll(async () => {
  await relay.stop();
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
});

function nested(levels: number): unknown {
  let value: unknown = 'end';
  for (let at = 0; at < levels; at++) value = { deeper: value };
  return value;
}

/** What no event takes as its payload. */
const MALFORMED: [string, unknown][] = [
  ['null', null],
  ['a number', 12],
  ['text', 'text'],
  ['an array', [1, 2, 3]],
  ['true', true],
  ['deep nesting', nested(2000)],
  ['deep nesting beside what is right', { session: newId('session'), extra: nested(500) }],
  ['binary', Buffer.from('binary')],
  ['binary within', { session: Buffer.from('binary'), fence: new Uint8Array(10) }],
  [
    'wrong types',
    {
      session: 1,
      fence: 'x',
      frames: 'x',
      triggerId: {},
      response: [],
      protocol: [],
      health: null,
      after: 7,
      updates: {},
    },
  ],
  ['a prototype', JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')],
  [
    'long text',
    {
      session: 'x'.repeat(LIMITS.textChars * 2),
      triggerId: 'x'.repeat(LIMITS.textChars),
      response: 'x'.repeat(LIMITS.textChars + 1),
    },
  ],
];

/** Refused as it must be; an event that requires nothing may take a payload of any fields. */
function expectRefusal(ack: Ack<unknown>, event: string): void {
  const outcome = ack.ok ? 'taken' : Problem.parse(ack.error).code;
  expect(event === 'overview' ? ['taken', 'bad_request'] : ['bad_request']).toContain(outcome);
}

const EVENTS = [
  ...Object.keys(RunnerToRelay).map((event) => ['/runner', event] as const),
  ...Object.keys(ViewerToRelay).map((event) => ['/viewer', event] as const),
];

describe.each(EVENTS)('%s %s', (namespace, event) => {
  const socket = () => (namespace === '/runner' ? runner.socket : viewer);

  it.each(MALFORMED)('refuses %s', async (_what, payload) => {
    expectRefusal(await emit(socket(), event, payload), event);
  });

  it('EDGE-1 EDGE-2 needs neither a payload nor an acknowledgement to survive', async () => {
    expectRefusal(await emit(socket(), event), event);
    for (const [, payload] of MALFORMED) socket().emit(event, payload);
    socket().emit(event);
    socket().emit(event, {}, {}, 'more', 'arguments', null);
  });
});

describe.each(['/runner', '/viewer'] as const)('%s', (namespace) => {
  const socket = () => (namespace === '/runner' ? runner.socket : viewer);

  it('answers unknown events, and names that mean something to an emitter, with a problem', async () => {
    for (const event of [
      'nope',
      '',
      'error',
      '__proto__',
      'constructor',
      'toString',
      'message',
      'x'.repeat(10_000),
      'connection',
      'session_trigger',
    ]) {
      expect(await emit(socket(), event, {})).toMatchObject({ ok: false, error: { code: 'bad_request' } });
      socket().emit(event, {});
    }
  });

  it('EDGE-2 goes on for others when one sends what is no packet, too large a packet, or a reserved name', async () => {
    const key = namespace === '/runner' ? runner.key : relay.localKey();
    const packets: (string | Buffer)[] = [
      '',
      '4',
      '42',
      '42/',
      `42${namespace},`,
      `42${namespace},{`,
      `42${namespace},["hello"`,
      `42${namespace},[]`,
      `42${namespace},[{}]`,
      `42${namespace},["disconnect"]`,
      `42${namespace},["connect"]`,
      `45999-${namespace},["x"]`,
      `451-${namespace},["x",{"_placeholder":true,"num":9}]`,
      `43${namespace},99[]`,
      '9',
      '\u0000',
      Buffer.from([0, 1, 2, 3]),
      `42${namespace},["log",${'['.repeat(100_000)}]`,
      'x'.repeat(3 * LIMITS.packetBytes),
      `42${namespace},99999999999999999999["hello",{}]`,
      `40${namespace},{"key":"again"}`,
      `41${namespace},`,
    ];
    for (const packet of packets) await sendRaw(namespace, { key, packet });
  });

  it('refuses handshakes of any shape with a problem', async () => {
    for (const auth of [
      { key: {} },
      { key: '' },
      { key: 'x'.repeat(100_000) },
      { key: ['a'] },
      { other: nested(100) },
      { __proto__: { key: relay.localKey() } },
    ]) {
      const refused = await connect(relay, namespace, { auth }).then(
        () => undefined,
        (error: { data?: unknown }) => error.data,
      );
      expect(Problem.parse(refused).code).toBe('unauthenticated');
    }
  });
});

describe('the sockets', () => {
  it('have no default namespace', async () => {
    await expect(connect(relay, '' as '/viewer', { auth: { key: relay.localKey() } })).rejects.toThrow(
      'connect to /runner or /viewer',
    );
  });
});

/** Speaks below Socket.IO's client: sends the packet as it is, then waits for a word or the end. */
async function sendRaw(
  namespace: '/runner' | '/viewer',
  { key, packet }: { key: string; packet: string | Buffer },
): Promise<void> {
  const socket = await connect(relay, namespace, { auth: { key } });
  const { ws } = socket.io.engine.transport as unknown as { ws: { send(data: string | Buffer): void } };
  ws.send(packet);
  let answered = false;
  socket.emit('nope', {}, () => (answered = true));
  await until(() => !socket.connected || answered);
  socket.close();
}
