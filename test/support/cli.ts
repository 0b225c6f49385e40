/** The `treeline` command, run as people run it. */
import { startProgram, type Environment, type Program } from './processes.ts';
import { bundle } from './programs.ts';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout of a command with --json, parsed. Throws when it is none. */
  json<T>(): T;
  /** The problem that a command with --json printed on stderr. */
  problem(): { code: string; message: string; hint: string; requestId?: string };
}

export interface CliOptions {
  readonly env: Environment;
  readonly cwd: string;
  /** Given on stdin, which is then closed; default nothing. */
  readonly stdin?: string | undefined;
  /** Killed after this long; default 60 s. */
  readonly withinMs?: number | undefined;
}

export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const program = startCli(args, options);
  program.write(options.stdin ?? '');
  program.endInput();
  const limit = setTimeout(() => program.signal('SIGKILL'), options.withinMs ?? 60_000);
  const code = await program.exited;
  clearTimeout(limit);
  const { stdout, stderr } = program;
  return {
    code,
    stdout,
    stderr,
    json: <T>() => parsed(stdout, `treeline ${args.join(' ')} (exit code ${code}, stderr ${stderr})`) as T,
    problem: () => (parsed(stderr, `the problem of treeline ${args.join(' ')}`) as { error: never }).error,
  };
}

/** For commands that go on: attach, logs -f, up. */
export function startCli(args: readonly string[], { env, cwd }: CliOptions): Program {
  return startProgram(bundle('treeline.mjs'), args, { env, cwd });
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${what} printed no JSON: ${JSON.stringify(text)}`, { cause });
  }
}
