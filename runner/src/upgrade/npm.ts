/** npm, as a program: it knows this machine's registries, logins and proxies, and none of them passes through here. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const LIMIT_MS = 10 * 60_000;
/** Once more after a second: npm's own patience with a registry that is away is more than a minute. */
const PATIENCE = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=30000'] as const;

/** npm failed. `code` is npm's own, such as E404 or ECONNREFUSED. */
export class NpmProblem extends Error {
  override readonly name = 'NpmProblem';
  readonly code: string;

  constructor({ code, message, cause }: { code: string; message: string; cause?: unknown }) {
    super(message, { cause });
    this.code = code;
  }
}

/** What a command of npm says with --json; undefined when it says nothing. Rejects with an NpmProblem. */
export async function npm(args: readonly string[], { registry }: { registry?: string | undefined }): Promise<unknown> {
  const where = registry === undefined ? [] : ['--registry', registry];
  try {
    const { stdout } = await run('npm', [...args, ...PATIENCE, ...where], { timeout: LIMIT_MS });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  } catch (cause) {
    throw problemOf(cause);
  }
}

const Failed = z.object({ stdout: z.string(), stderr: z.string() });
const Said = z.object({ error: z.object({ code: z.string().nullish(), summary: z.string().nullish() }) });

function problemOf(cause: unknown): NpmProblem {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
    const message = 'npm is not on the PATH: it comes with Node (on Debian and Ubuntu: sudo apt install npm)';
    return new NpmProblem({ code: 'ENOENT', message, cause });
  }
  const failed = Failed.safeParse(cause);
  const said = failed.success ? Said.safeParse(parsed(failed.data.stdout)) : failed;
  if (said.success) {
    const { code, summary } = said.data.error;
    return new NpmProblem({ code: code ?? '', message: summary ?? `npm failed with ${code}`, cause });
  }
  const lines = failed.success ? failed.data.stderr.split('\n').filter((line) => line.startsWith('npm error')) : [];
  const message = lines.slice(0, 3).join(' ').replaceAll('npm error ', '');
  return new NpmProblem({ code: /^code (\w+)/.exec(message)?.[1] ?? '', message: message || String(cause), cause });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
