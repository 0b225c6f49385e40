/** A real worker process on a real folder, with a daemon and a relay that the test plays by hand at the local protocol. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  newId,
  type FactKind,
  type Fact,
  type Frame,
  type InboxItem,
  type LogRecord,
  type Position,
  type SessionId,
} from '@treeline/shared';
import { build } from 'esbuild';
import { EntryFile } from '../process/entry-file.ts';
import { FrameReader, endOf } from '../process/frame-file.ts';
import { overLines, type Lines } from '../process/lines.ts';
import { WorkerToDaemon, type DaemonToWorker } from '../process/local-protocol.ts';
import { sessionPaths, type SessionFile } from '../process/session-folder.ts';
import { claimDaemonSocketPath } from '../process/socket-path.ts';

const PATIENCE_MS = 40_000;

/** Bundles the worker as the product does. Returns the program. */
export async function bundleWorker(folder: string): Promise<string> {
  await build({
    entryPoints: { worker: join(import.meta.dirname, 'main.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
    banner: { js: `import{createRequire as $r}from'node:module';const require=$r(import.meta.url);` },
    define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
  });
  return join(folder, 'worker.mjs');
}

export interface StageOptions {
  readonly program: string;
  readonly agent?: Partial<SessionFile['agent']>;
  readonly parentId?: SessionId | null;
}

/** `acknowledge: false`: the relay is there, and silent. */
interface DaemonManners {
  relayOnline: boolean;
  watched: boolean;
  acknowledge: boolean;
}

/** One session on one machine. */
export class Stage {
  readonly id = newId('session');
  readonly home: string;
  readonly folder: string;
  readonly manners: DaemonManners = { relayOnline: true, watched: false, acknowledge: true };
  /** Records that the relay refuses as soon as it sees them. */
  refuse: ((record: LogRecord) => string | undefined) | undefined;
  readonly heard: WorkerToDaemon[] = [];
  readonly #program: string;
  #server: Server | undefined;
  #sockets = new Set<Socket>();
  #lines: Lines<DaemonToWorker> | undefined;
  #inbox: EntryFile | undefined;
  readonly #spool: FrameReader;
  #shipping = false;
  #shipAgain = false;
  #acked: Position = { epoch: 0, seq: 0 };
  worker: ChildProcess | undefined;

  private constructor(options: { home: string; program: string }) {
    this.home = options.home;
    this.folder = join(options.home, 'sessions', this.id);
    this.#program = options.program;
    this.#spool = new FrameReader({ path: sessionPaths(this.folder).log, after: this.#acked });
  }

  static async set({ program, agent, parentId = null }: StageOptions): Promise<Stage> {
    const stage = new Stage({ home: await mkdtemp(join(tmpdir(), 'treeline-worker-')), program });
    await mkdir(stage.folder, { recursive: true });
    const config: SessionFile['agent'] = {
      name: 'scripted',
      kind: 'scripted',
      command: [],
      env: {},
      passEnv: [],
      ...agent,
    };
    await stage.assign(1, { agent: config, parentId });
    await writeFile(sessionPaths(stage.folder).secret, 'the secret\n');
    stage.#inbox = new EntryFile({ path: sessionPaths(stage.folder).inbox, after: 0, onFailure: fail });
    return stage;
  }

  async assign(
    attempt: number,
    { agent, parentId }: { agent: SessionFile['agent']; parentId: SessionId | null },
  ): Promise<void> {
    const spec: SessionFile = {
      assignment: {
        id: this.id,
        attempt,
        agent: agent.name,
        title: 'a test',
        labels: {},
        parentId,
        rootId: parentId ?? this.id,
        depth: parentId === null ? 0 : 1,
        epoch: 1,
        inboxAfter: 0,
        shareUrl: `http://127.0.0.1:1/s/${this.id}`,
      },
      agent,
      cwd: this.home,
    };
    await writeFile(sessionPaths(this.folder).spec, JSON.stringify(spec));
  }

  async strike(): Promise<void> {
    const { worker } = this;
    if (worker !== undefined && worker.exitCode === null && worker.signalCode === null) {
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    await this.stopDaemon();
    await this.#inbox?.close();
    await this.#spool.close();
    await rm(this.home, { recursive: true, force: true });
  }

  async startDaemon(): Promise<void> {
    const path = await claimDaemonSocketPath(this.home);
    await rm(path, { force: true });
    await mkdir(dirname(path), { recursive: true });
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    server.listen(path);
    await once(server, 'listening');
  }

  async stopDaemon(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#lines = undefined;
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  startWorker(env: Record<string, string> = {}): ChildProcess {
    const worker = spawn(process.execPath, [this.#program, this.folder], {
      detached: true,
      stdio: 'ignore',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: this.home, ...env },
    });
    this.worker = worker;
    return worker;
  }

  /** The exit code of the worker. */
  async workerExit(): Promise<number | null> {
    const { worker } = this;
    if (worker === undefined) throw new Error('no worker was started');
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
    return worker.exitCode;
  }

  async put(...items: InboxItem[]): Promise<void> {
    const inbox = this.#inbox;
    if (inbox === undefined) throw new Error('the stage is not set');
    const position = await inbox.append(items.map((item, index) => ({ position: inbox.last + 1 + index, item })));
    this.say({ type: 'inbox', position });
  }

  /** A person's prompt. */
  async prompt(value: unknown): Promise<void> {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    await this.put({
      ...stamp(),
      kind: 'prompt',
      text,
      deliverAs: 'followUp',
      from: { kind: 'person', name: 'Robin' },
    });
  }

  async answer(triggerId: Fact<'ask'>['triggerId'], response: string): Promise<void> {
    const by = { kind: 'person', name: 'Robin' } as const;
    await this.put({ ...stamp(), kind: 'answer', triggerId, outcome: 'answered', response, by });
  }

  say(message: DaemonToWorker): void {
    this.#lines?.send(message);
  }

  /** Everything in the log file now. */
  async records(): Promise<LogRecord[]> {
    return (await this.frames()).flatMap((frame) => JSON.parse(frame.body) as LogRecord[]);
  }

  async frames(): Promise<Frame[]> {
    const reader = new FrameReader({ path: sessionPaths(this.folder).log, after: { epoch: 0, seq: 0 } });
    const frames: Frame[] = [];
    for (let next = await reader.next(100); next.length > 0; next = await reader.next(100)) frames.push(...next);
    await reader.close();
    return frames;
  }

  /** All facts of a kind in the log. */
  async facts<K extends FactKind>(kind: K): Promise<Fact<K>[]> {
    return (await this.records()).filter((record): record is Fact<K> => record.kind === kind);
  }

  /** Waits until the log has so many facts of a kind; returns the last of these. */
  async fact<K extends FactKind>(kind: K, count = 1): Promise<Fact<K>> {
    return eventually(`${count} fact(s) ${kind}`, async () => (await this.facts(kind))[count - 1]);
  }

  /** What the agent has said, joined. */
  async text(): Promise<string> {
    return (await this.records())
      .flatMap((record) => (record.kind === 'update' ? [record.update] : []))
      .map((update) => {
        const content = update['content'] as { text?: string } | undefined;
        return update.sessionUpdate === 'agent_message_chunk' ? (content?.text ?? '') : '';
      })
      .join('');
  }

  async said(text: string): Promise<void> {
    await eventually(`the agent says ${text}`, async () => (await this.text()).includes(text) || undefined);
  }

  /** Waits until the scripted agent's token on the disk stands at a step: a process killed from then on is taken up there. */
  async keptAt(step: number): Promise<void> {
    await eventually(`the token stands at step ${step}`, async () => {
      const token = await readFile(sessionPaths(this.folder).resume, 'utf8').catch(() => '{}');
      return (JSON.parse(token) as { step?: number }).step === step || undefined;
    });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    const lines = overLines<typeof WorkerToDaemon, DaemonToWorker>({
      socket,
      incoming: WorkerToDaemon,
      onMessage: (message) => {
        this.heard.push(message);
        if (message.type === 'hello') {
          this.#lines = lines;
          const { relayOnline, watched } = this.manners;
          lines.send({ type: 'welcome', relayOnline, watched, acked: this.#acked });
        }
        if (message.type === 'hello' || message.type === 'appended') void this.#ship();
      },
      onProblem: fail,
    });
  }

  /** Plays the relay: takes what is new in the log and acknowledges it. */
  async #ship(): Promise<void> {
    this.#shipAgain = true;
    if (this.#shipping) return;
    this.#shipping = true;
    while (this.#shipAgain) {
      this.#shipAgain = false;
      if (!this.manners.acknowledge || !this.manners.relayOnline) break;
      const fresh = await this.#spool.next(500);
      const last = fresh.at(-1);
      if (last === undefined) break;
      this.#shipAgain = true;
      this.#acked = endOf(last);
      const refused = fresh
        .filter((frame) => frame.kind === 'fact')
        .flatMap((frame) => JSON.parse(frame.body) as LogRecord[])
        .flatMap((record) => {
          const message = this.refuse?.(record);
          return message === undefined ? [] : [{ recordId: record.id, code: 'depth_limit' as const, message }];
        });
      this.say({ type: 'acked', position: this.#acked, refused });
    }
    this.#shipping = false;
  }

  async workerLog(): Promise<string> {
    return readFile(sessionPaths(this.folder).workerLog, 'utf8');
  }
}

export function stamp() {
  return { id: newId('message'), at: Date.now() };
}

/** The first value that is not undefined; rejects when there is none for 20 s. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

function fail(error: Error): never {
  throw error;
}
