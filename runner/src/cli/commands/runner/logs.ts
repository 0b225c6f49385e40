import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERRORS, MAX_LOG_LINES, TreelineError } from '@treeline/shared';
import { RelayUnreachable } from '../../../client/problems.ts';
import { lookIntoHome } from '../../../home/home.ts';
import type { Cli } from '../../cli.ts';
import { isMissing } from '../../../process/files.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode, usageError } from '../../exit.ts';
import { safe } from '../../output/safe.ts';
import { order, runnerArgument } from '../../remote-runner.ts';
import { integer, toggle } from '../../flags.ts';
import { daemonLogPath } from '../../../daemon/log-path.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';
import { formatTime } from '../../time.ts';

const LOOK_MS = 250;
const REMOTE_LOOK_MS = 1000;
const LINES = 100;
const TAIL_BYTES = 1024 * 1024;

export const runnerLogs = command({
  name: 'runner logs',
  summary: 'Print the log of the runner of this machine, or of another one',
  details:
    'With --json as it is written: one JSON object a line. What one session said is in `treeline session logs`. The log of\n' +
    'another runner comes through the relay, without what looks like a secret.',
  examples: [
    ['runner logs', 'The last 100 lines.'],
    ['runner logs -f', 'And what comes, until Ctrl-C.'],
    ['runner logs --path', 'Where it is.'],
    ['runner logs kitchen-pi -f', 'Of another one, through the relay.'],
  ],
  args: { runner: runnerArgument },
  flags: {
    follow: toggle('-f, --follow', 'go on with what comes'),
    tail: integer('-n, --tail <count>', `about this many of the last lines (default ${LINES})`, {
      min: 0,
      max: 100_000,
    }),
    path: toggle('--path', 'print only where the log is'),
    home: homeFlag,
  },
  async action({ args, flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    if (args.runner !== undefined) return showRemote(cli, args.runner, flags);
    const path = daemonLogPath((await lookIntoHome(runnerHomePath(cli, flags.home))).home);
    if (flags.path) {
      if (out.isJson) out.json({ path });
      else out.line(path);
      return EXIT.ok;
    }
    const show = (line: string) => out.line(out.isJson ? line : lineText(line));
    const first = await readFrom(path, -TAIL_BYTES);
    if (first === undefined && !flags.follow) {
      throw new CliError(EXIT.notFound, {
        code: 'not_found',
        message: `There is no log at ${path}: the runner has never run.`,
        hint: 'Start it: treeline runner start',
      });
    }
    const count = flags.tail ?? LINES;
    if (count > 0) (first?.lines ?? []).slice(-count).forEach(show);
    for (let at = first?.end ?? 0; flags.follow;) {
      await sleep(LOOK_MS);
      const next = await readFrom(path, at);
      next?.lines.forEach(show);
      at = next?.end ?? 0;
    }
    return EXIT.ok;
  },
});

/** Asked again for what follows as long as it is wanted; a runner that is away for a moment is asked again too. */
async function showRemote(
  cli: Cli,
  runner: string,
  { follow, tail = LINES, path }: { follow: boolean; tail: number | undefined; path: boolean },
): Promise<ExitCode> {
  if (path) throw usageError('--path is about the log of this machine.');
  const show = (line: string) => cli.out.line(cli.out.isJson ? line : lineText(safe(line)));
  let { lines, next } = await order(cli, runner, { do: 'logs', lines: Math.min(Math.max(tail, 1), MAX_LOG_LINES) });
  if (tail > 0) lines.forEach(show);
  while (follow) {
    await sleep(REMOTE_LOOK_MS);
    try {
      ({ lines, next } = await order(cli, runner, { do: 'logs', lines: MAX_LOG_LINES, after: next }));
      lines.forEach(show);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }
  return EXIT.ok;
}

const isPassing = (error: unknown): boolean =>
  error instanceof RelayUnreachable || (error instanceof TreelineError && ERRORS[error.code].retry);

/** Whole lines from a place, or from so far before the end; a file that has become shorter is read from its beginning. */
async function readFrom(path: string, from: number): Promise<{ lines: string[]; end: number } | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const begin = from < 0 ? Math.max(0, size + from) : from > size ? 0 : from;
      const { buffer } = await file.read(Buffer.alloc(size - begin), 0, size - begin, begin);
      const whole = buffer.subarray(0, buffer.lastIndexOf(10) + 1);
      return { lines: whole.toString('utf8').split('\n').slice(0, -1), end: begin + whole.length };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** `2026-11-21 14:02:11 warn  what happened  key=value`; a line that is no log record as it is. */
export function lineText(line: string): string {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof record !== 'object' || record === null || !('msg' in record) || !('time' in record)) return line;
  const { level, time, msg, pid: _, err, ...others } = record as Record<string, unknown>;
  const more = Object.entries(others).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const why = typeof err === 'object' && err !== null && 'message' in err ? [`err=${String(err.message)}`] : [];
  return [
    formatTime(Number(time)),
    (LEVELS[Number(level)] ?? '').padEnd(5),
    [String(msg), ...more, ...why].join('  '),
  ].join(' ');
}
