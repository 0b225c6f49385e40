/** A real redis-server for one test file: a free loopback port, a folder of its own, AOF on, no eviction. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** False where redis-server is not installed: `describe.skipIf(!hasRedisServer)`, so that the skip is counted and seen. */
export const hasRedisServer: boolean = spawnSync('redis-server', ['--version']).status === 0;

export interface RedisServerOptions {
  /** When the AOF reaches the disk. Default `everysec`. */
  readonly fsync?: 'everysec' | 'always' | 'no';
  /** Further lines of redis.conf; they win over the defaults of this helper. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Its folder, with redis.conf and the append-only file. */
  readonly dir: string;
  /** Ends it in order if it runs, and starts it again with the same port, folder and settings. */
  restart(): Promise<void>;
  /** kill -9: what is not on disk is lost. The folder stays for `restart`. */
  kill(): Promise<void>;
  /** FLUSHALL. */
  flush(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts a server; resolves when it accepts connections, rejects with its own words when it does not. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'treeline-redis-'));
  const port = await freePort();
  const conf = join(dir, 'redis.conf');
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir,
    logfile: '""',
    save: '""',
    appendonly: 'yes',
    appendfsync: options.fsync ?? 'everysec',
    'maxmemory-policy': 'noeviction',
    ...options.config,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(conf, lines.join(''), { mode: 0o600 });

  let child = await launch(conf);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      if (child.pid === undefined) throw new Error('redis-server has no process');
      return child.pid;
    },
    async restart() {
      await end(child, 'SIGTERM');
      child = await launch(conf);
    },
    kill: () => end(child, 'SIGKILL'),
    async flush() {
      const socket = connect(port, '127.0.0.1');
      socket.end('FLUSHALL\r\n');
      const [said] = (await once(socket, 'data')) as [Buffer];
      if (said.toString() !== '+OK\r\n') throw new Error(`redis-server was not emptied: ${said.toString()}`);
    },
    async stop() {
      await end(child, 'SIGTERM');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

async function launch(conf: string): Promise<ChildProcess> {
  const child = spawn('redis-server', [conf], { stdio: ['ignore', 'pipe', 'pipe'] });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4096);
      if (said.includes('Ready to accept connections')) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code} before it was ready:\n${said}`)));
  });
  return child;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
