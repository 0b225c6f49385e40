/** A relay as a process of its own, on a port and a data folder that it keeps through every restart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiClient, type ApiClient } from './api.ts';
import { startProgram, type Environment, type Program } from './processes.ts';
import { bundle } from './programs.ts';
import { until } from './until.ts';

export interface RelayOptions {
  readonly dataDir: string;
  readonly env: Environment;
  /** Without it the store is the embedded one. */
  readonly redisUrl?: string | undefined;
}

export interface RelayProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly api: ApiClient;
  readonly pid: number;
  /** Not between stop or kill9 and start. */
  readonly running: boolean;
  /** In order, as SIGTERM does. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  /** After stop or kill9: same port, same data. Resolves when it is ready. `flags`: for this start alone. */
  start(flags?: readonly string[]): Promise<void>;
  /** What it logged, for a failure. */
  log(): string;
}

export async function startRelay({ dataDir, env, redisUrl }: RelayOptions): Promise<RelayProcess> {
  const logFile = join(dataDir, 'relay.log');
  const launch = async (port: number, flags: readonly string[] = []): Promise<{ program: Program; url: string }> => {
    const store = redisUrl === undefined ? [] : ['--redis', redisUrl];
    const args = ['--port', String(port), '--data-dir', dataDir, '--log-file', logFile, ...store, ...flags];
    const program = startProgram(bundle('relay.mjs'), args, { env, cwd: dataDir });
    const line = await until('the relay says where it is or ends', () => {
      return (program.stdout.includes('\n') && program.stdout) || (!program.running && 'ended');
    });
    if (line === 'ended') throw new Error(`the relay ended: ${program.stderr}`);
    return { program, url: (JSON.parse(line) as { url: string }).url };
  };
  let { program, url } = await launch(0);
  const port = Number(new URL(url).port);
  const access = () => JSON.parse(readFileSync(join(dataDir, 'local.json'), 'utf8')) as { url: string; key: string };
  return {
    url,
    dataDir,
    api: apiClient(access),
    get pid() {
      return program.pid;
    },
    get running() {
      return program.running;
    },
    async stop() {
      const code = program.running ? await program.end('SIGTERM') : 0;
      if (code !== 0) throw new Error(`the relay did not end in order: ${code}\n${program.stderr}`);
    },
    async kill9() {
      await program.end('SIGKILL');
    },
    async start(flags) {
      ({ program, url } = await launch(port, flags));
    },
    log: () => `${program.stderr}\n${readFileSync(logFile, 'utf8')}`,
  };
}
