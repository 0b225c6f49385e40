/** Memory of a real runner: its daemon idle, and a worker that drives a plain command. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, EndpointResponse } from '@treeline/shared';
import { call, startSession } from './clients.ts';
import { memoryOf } from './measure.ts';
import type { RelayServer } from './process.ts';
import type { Result } from './report.ts';

const SETTLE_MS = 2000;

export async function runnerMemory(relay: RelayServer): Promise<Result[]> {
  const home = await mkdtemp(join(tmpdir(), 'treeline-bench-runner-'));
  const { secret } = await call<EndpointResponse<Api['createKey']>>(relay, '/keys', { kind: 'join', name: 'bench' });
  await treeline({ home, args: ['runner', 'join', relay.url, '--name', 'bench-memory'], input: `${secret}\n` });
  const supervisor = start({ home, args: ['runner', 'start', '--foreground'] });
  let session: string | undefined;
  try {
    const runnerId = (JSON.parse(await readFile(join(home, 'runner.json'), 'utf8')) as { id: string }).id;
    const daemon = await until(async () => {
      const state = JSON.parse(await readFile(join(home, 'runner.state.json'), 'utf8')) as { pid: number };
      return state.pid;
    });
    session = await startSession(relay, { runnerId, agent: 'command', prompt: 'sleep 600' });
    const worker = await until(async () => {
      const [session = ''] = await readdir(join(home, 'sessions'));
      return (JSON.parse(await readFile(join(home, 'sessions', session, 'worker.json'), 'utf8')) as { pid: number })
        .pid;
    });
    await sleep(SETTLE_MS);
    const results: Result[] = [];
    const parts = [
      ['supervisor', supervisor.pid ?? 0],
      ['daemon', daemon],
      ['worker of a command', worker],
    ] as const;
    for (const [name, pid] of parts) {
      const { rssMb, privateMb } = await memoryOf(pid);
      results.push({ scenario: 'runner: RSS', candidate: name, unit: 'MB', value: rssMb });
      results.push({ scenario: 'runner: private memory', candidate: name, unit: 'MB', value: privateMb });
    }
    return results.toSorted((a, b) => a.scenario.localeCompare(b.scenario));
  } finally {
    if (session !== undefined) await stopSession(relay, { session, home });
    const gone = new Promise((resolve) => supervisor.once('exit', resolve));
    supervisor.kill('SIGTERM');
    await gone;
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function stopSession(relay: RelayServer, { session, home }: { session: string; home: string }): Promise<void> {
  await call(relay, `/sessions/${session}/stop`, { strength: 'kill' });
  const { pid } = JSON.parse(await readFile(join(home, 'sessions', session, 'worker.json'), 'utf8')) as { pid: number };
  await until(() => {
    if (existsSync(`/proc/${pid}`)) throw new Error(`the worker ${pid} did not end`);
    return Promise.resolve();
  });
}

function start({ home, args }: { home: string; args: readonly string[] }): ChildProcess {
  const bundle = join(process.env['TREELINE_TEST_DIST'] ?? '', 'treeline.mjs');
  const env = { ...process.env, TREELINE_HOME: home };
  return spawn(process.execPath, [bundle, ...args], { env, stdio: ['pipe', 'ignore', 'inherit'] });
}

async function treeline({
  home,
  args,
  input,
}: {
  home: string;
  args: readonly string[];
  input?: string;
}): Promise<void> {
  const child = start({ home, args });
  child.stdin?.end(input);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`treeline ${args.join(' ')} ended with ${String(code)}`);
}

/** Asks until there is an answer, for 20 s. */
async function until<T>(ask: () => Promise<T>): Promise<T> {
  for (let i = 0; ; i++) {
    try {
      return await ask();
    } catch (error) {
      if (i === 200) throw error;
      await sleep(100);
    }
  }
}
