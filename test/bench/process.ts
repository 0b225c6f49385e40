/** Servers under test as processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([gone, sleep(5000).then(() => child.kill('SIGKILL'))]);
  await gone;
}

/** A baseline that forwards every message to every viewer and stores nothing: this very bundle with `_baseline`. */
export async function startBaseline(kind: 'ws' | 'socket.io'): Promise<Server> {
  const port = await freePort();
  const child = spawn(process.execPath, [process.argv[1] ?? '', '_baseline', kind, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => stopChild(child) };
}

export interface RelayServer extends Server {
  /** A user key. */
  readonly key: string;
  /** From the start of the process to /readyz, ms. */
  readonly readyMs: number;
}

export async function startRelay(options: { redisUrl?: string | undefined }): Promise<RelayServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  const port = await freePort();
  const dist = process.env['TREELINE_TEST_DIST'] ?? '';
  const args = [join(dist, 'relay.mjs'), '--port', String(port), '--data-dir', dataDir];
  if (options.redisUrl !== undefined) args.push('--redis', options.redisUrl);
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child);
  const readyMs = performance.now() - started;
  const local = JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8')) as { key: string };
  return {
    url,
    pid: child.pid ?? 0,
    key: local.key,
    readyMs,
    async stop() {
      await stopChild(child);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if (child.exitCode !== null) throw new Error(`the relay ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await sleep(5);
  }
  throw new Error('the relay did not become ready');
}
