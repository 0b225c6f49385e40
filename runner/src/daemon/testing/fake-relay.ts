/**
 * A relay for tests that speaks the declared protocol over real sockets, keeps everything in memory, and misbehaves when
 * told to. Frames are taken by the store's rule: the next of the log, or nothing.
 */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  LIMITS,
  newId,
  parseInput,
  RunnerToRelay,
  START,
  TreelineError,
  type Ack,
  type Assignment,
  type FactKind,
  type FactRecord,
  type Frame,
  type FrameAck,
  type InboxItem,
  type LogRecord,
  type Position,
  type SessionClaim,
  type SessionId,
  type SpoolStatus,
  type SpoolVerdict,
} from '@treeline/shared';
import { Server, type Socket } from 'socket.io';

export interface FakeRelay {
  readonly url: string;
  readonly key: string;
  readonly hellos: { sessions: SpoolStatus[]; generation: number; instance: string; capacity: number }[];
  /** Frames as they were taken, per session. */
  readonly logs: Map<SessionId, Frame[]>;
  /** Every log packet as it came, taken or not. */
  readonly packets: Frame[][];
  /** What was claimed. */
  readonly claims: SessionClaim[];
  /** Answers the last claims: they are taken in. */
  takeClaims(): void;
  readonly heartbeats: unknown[];
  readonly deltas: unknown[];
  readonly byes: number[];
  readonly sockets: Socket[];
  /** What to do otherwise; each may be changed at any time. */
  readonly behave: Behaviour;
  /** Hellos that were refused. */
  readonly refused: number;
  /** Records of a session's log, in order. */
  records(session: SessionId): LogRecord[];
  facts<K extends FactKind>(session: SessionId, kind: K): Extract<FactRecord, { kind: K }>[];
  /** Sends an event to the daemon that connected last; resolves with its acknowledgement. */
  send(event: string, payload: unknown): Promise<Ack<unknown>>;
  assign(options?: Partial<Assignment>): Promise<Assignment>;
  /** Puts a prompt into a session's inbox and pushes it. */
  prompt(session: SessionId, text: string): Promise<number>;
  close(): Promise<void>;
}

export interface Behaviour {
  /** Refuses at the door. */
  door?: TreelineError | undefined;
  /** Refuses hello. */
  hello?: TreelineError | undefined;
  verdict?: ((spool: SpoolStatus, head: Position) => SpoolVerdict['verdict'] | undefined) | undefined;
  /** Takes only the first frames of a packet, and says how far it came. */
  takeAtMost?: number | undefined;
  /** Takes the frames, but does not say so. */
  swallowAcks: number;
  ack?: ((ack: FrameAck) => FrameAck) | undefined;
  heartbeatMs: number;
  /** Keys that open the door. */
  keys: string[];
  /** From when on a daemon is to ask for its next key, and what it gets. */
  renewal?: { readonly at: number; readonly next: () => string } | undefined;
  /** Asked for the next key it says nothing, and counts. */
  silentRenewals?: number | undefined;
}

export async function startFakeRelay(): Promise<FakeRelay> {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], maxHttpBufferSize: LIMITS.packetBytes });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return new Relay(http, io);
}

class Relay implements FakeRelay {
  readonly url: string;
  readonly key = 'tl_runner_test';
  readonly hellos: FakeRelay['hellos'] = [];
  readonly logs: FakeRelay['logs'] = new Map();
  readonly packets: Frame[][] = [];
  readonly claims: SessionClaim[] = [];
  takeClaims: () => void = () => undefined;
  readonly heartbeats: unknown[] = [];
  readonly deltas: unknown[] = [];
  readonly byes: number[] = [];
  readonly sockets: Socket[] = [];
  refused = 0;
  readonly behave: Behaviour = { swallowAcks: 0, heartbeatMs: 10_000, keys: [this.key] };
  readonly #io: Server;
  readonly #inbox = new Map<SessionId, InboxItem[]>();
  #fence = 0;

  constructor(http: HttpServer, io: Server) {
    this.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    this.#io = io;
    const namespace = io.of('/runner');
    namespace.use((socket, next) => {
      const { key } = socket.handshake.auth as { key?: string };
      const refusal =
        this.behave.door ??
        (this.behave.keys.includes(key ?? '') ? undefined : new TreelineError('unauthenticated', 'wrong key'));
      next(
        refusal === undefined ? undefined : Object.assign(new Error(refusal.message), { data: refusal.toProblem() }),
      );
    });
    namespace.on('connection', (socket) => this.#serve(socket));
  }

  #serve(socket: Socket): void {
    this.sockets.push(socket);
    const on = <K extends keyof typeof RunnerToRelay>(name: K, work: (payload: never) => unknown): void => {
      socket.on(name as string, (payload: unknown, ack?: (answer: Ack<unknown>) => void) => {
        try {
          const value = work(parseInput(RunnerToRelay[name].payload, payload, name) as never);
          if (value !== undefined) ack?.({ ok: true, value });
        } catch (error) {
          const problem = error instanceof TreelineError ? error : new TreelineError('internal', String(error));
          ack?.({ ok: false, error: problem.toProblem() });
        }
      });
    };
    on('hello', (hello: ReturnType<typeof RunnerToRelay.hello.payload.parse>) => {
      if (this.behave.hello !== undefined) {
        this.refused += 1;
        throw this.behave.hello;
      }
      const { sessions, generation, instance, runner } = hello;
      this.hellos.push({ sessions, generation, instance, capacity: runner.capacity });
      return {
        protocol: 1,
        relayId: 'relay_test',
        fence: ++this.#fence,
        time: Date.now(),
        publicUrl: this.url,
        heartbeatMs: this.behave.heartbeatMs,
        sessions: sessions.map((spool) => this.#judge(spool)),
        ...(this.behave.renewal === undefined ? {} : { renewKeyAt: this.behave.renewal.at }),
      };
    });
    socket.on('claim', (payload: unknown, ack: (answer: Ack<unknown>) => void) => {
      const { sessions } = parseInput(RunnerToRelay.claim.payload, payload, 'claim');
      this.claims.push(...sessions);
      const verdict = 'replay_from';
      const value = { sessions: sessions.map(({ id }) => ({ id, have: headOf(this.logs.get(id)), verdict })) };
      this.takeClaims = () => ack({ ok: true, value });
    });
    on('log', ({ frames, fence }: { frames: Frame[]; fence: number }) => {
      if (fence !== this.#fence) throw new TreelineError('stale_fence', 'an older connection');
      this.packets.push(frames);
      const sessions = [...new Set(frames.map(({ session }) => session))];
      const acks = sessions.map((session) =>
        this.#take(
          session,
          frames.filter((frame) => frame.session === session),
        ),
      );
      if (this.behave.swallowAcks > 0) {
        this.behave.swallowAcks -= 1;
        return undefined;
      }
      return { sessions: acks.map((ack) => this.behave.ack?.(ack) ?? ack) };
    });
    on('heartbeat', (beat: unknown) => {
      this.heartbeats.push(beat);
      return { time: Date.now() };
    });
    on('renew_key', () => {
      if (this.behave.silentRenewals === undefined) return { key: this.behave.renewal?.next() ?? '' };
      this.behave.silentRenewals += 1;
      return undefined;
    });
    on('delta', (delta: unknown) => void this.deltas.push(delta));
    on('list_children', () => ({ children: [] }));
    on('list_runners', () => ({ runners: [] }));
    on('bye', () => {
      this.byes.push(this.#fence);
      return {};
    });
  }

  #judge(spool: SpoolStatus): SpoolVerdict {
    const have = headOf(this.logs.get(spool.id));
    return { id: spool.id, have, verdict: this.behave.verdict?.(spool, have) ?? 'resume' };
  }

  #take(session: SessionId, frames: Frame[]): FrameAck {
    const log = this.logs.get(session) ?? [];
    this.logs.set(session, log);
    for (const frame of frames.slice(0, this.behave.takeAtMost)) {
      const head = headOf(log);
      if (log.some(({ id }) => id === frame.id)) continue;
      const follows =
        frame.epoch === head.epoch ? frame.first === head.seq + 1 : frame.epoch > head.epoch && frame.first === 1;
      if (!follows)
        return { session, acked: head, refused: [], verdict: frame.epoch < head.epoch ? 'new_epoch' : 'replay_from' };
      log.push(frame);
    }
    return { session, acked: headOf(log), refused: [] };
  }

  records(session: SessionId): LogRecord[] {
    return (this.logs.get(session) ?? []).flatMap(({ body }) => JSON.parse(body) as LogRecord[]);
  }

  facts<K extends FactKind>(session: SessionId, kind: K): Extract<FactRecord, { kind: K }>[] {
    return this.records(session).filter((record): record is Extract<FactRecord, { kind: K }> => record.kind === kind);
  }

  async send(event: string, payload: unknown): Promise<Ack<unknown>> {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no daemon has connected');
    return (await socket.timeout(10_000).emitWithAck(event, payload)) as Ack<unknown>;
  }

  async assign(options: Partial<Assignment> = {}): Promise<Assignment> {
    const id = options.id ?? newId('session');
    const assignment: Assignment = {
      id,
      attempt: 1,
      agent: 'scripted',
      title: 'a session',
      labels: {},
      parentId: null,
      rootId: id,
      depth: 0,
      epoch: 1,
      inboxAfter: 0,
      shareUrl: `${this.url}/s/${id}`,
      ...options,
    };
    const ack = await this.send('assign', { sessions: [assignment] });
    if (!ack.ok) throw new Error(`assign: ${ack.error.message}`);
    const { refused } = ack.value as { refused: { code: string; message: string }[] };
    if (refused[0] !== undefined) throw new Error(`${refused[0].code}: ${refused[0].message}`);
    return assignment;
  }

  async prompt(session: SessionId, text: string): Promise<number> {
    const items = this.#inbox.get(session) ?? [];
    this.#inbox.set(session, items);
    const from = { kind: 'person', name: 'ann' } as const;
    items.push({ id: newId('message'), at: Date.now(), kind: 'prompt', text, deliverAs: 'followUp', from });
    const entry = { position: items.length, item: items.at(-1) };
    const ack = await this.send('inbox', { session, entries: [entry] });
    if (!ack.ok) throw new Error(`inbox: ${ack.error.message}`);
    return (ack.value as { position: number }).position;
  }

  async close(): Promise<void> {
    await this.#io.close();
  }
}

function headOf(log: readonly Frame[] | undefined): Position {
  const last = log?.at(-1);
  return last === undefined ? START : { epoch: last.epoch, seq: last.first + last.count - 1 };
}
