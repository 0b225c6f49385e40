/** How a command ends: its exit code, and what it prints when it failed. Problems are values until the edge prints them. */
import { type ErrorCode, ERRORS, TreelineError } from '@treeline/shared';
import { RelayProblem, RelayUnreachable } from '../client/problems.ts';
import { NoDaemon } from '../home/control-client.ts';
import { HomeError } from '../home/home.ts';
import { UnitProblem } from '../service/unit-control.ts';

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  unreachable: 5,
  conflict: 6,
  timedOut: 7,
  runnerOffline: 8,
  sessionFailed: 20,
  needsYou: 21,
  sessionStopped: 22,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that failed for a reason of its own. `message` says what and why, `hint` the next step. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitCode;
  readonly code: string;
  readonly hint: string;

  constructor(exit: ExitCode, problem: { code: string; message: string; hint: string; cause?: unknown }) {
    super(problem.message, { cause: problem.cause });
    this.exit = exit;
    this.code = problem.code;
    this.hint = problem.hint;
  }
}

export function usageError(message: string, hint = 'Add --help to see what the command takes.'): CliError {
  return new CliError(EXIT.usage, { code: 'usage', message, hint });
}

/** What is printed of a failure. */
export interface Failure {
  readonly exit: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly requestId?: string;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) {
    return { exit: error.exit, code: error.code, message: error.message, hint: error.hint };
  }
  if (error instanceof RelayProblem) {
    const { code, message, hint, requestId } = error;
    return { exit: exitCodeOf(code), code, message, hint, ...(requestId === undefined ? {} : { requestId }) };
  }
  if (error instanceof TreelineError) {
    const { code, message } = error;
    return { exit: exitCodeOf(code), code, message, hint: ERRORS[code].hint };
  }
  if (error instanceof RelayUnreachable) {
    const hint = 'Start one with `treeline up`, or name another with --url; `treeline doctor` looks closer.';
    return { exit: EXIT.unreachable, code: 'unreachable', message: error.message, hint };
  }
  if (error instanceof HomeError) {
    const hint = '`treeline doctor` checks the folders of this machine.';
    return { exit: EXIT.failed, code: 'home', message: error.message, hint };
  }
  if (error instanceof NoDaemon) {
    const hint = '`treeline runner status` says how it is, `treeline runner restart --force` starts it anew.';
    return { exit: EXIT.timedOut, code: 'timed_out', message: error.message, hint };
  }
  if (error instanceof UnitProblem)
    return { exit: EXIT.failed, code: 'failed', message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return { exit: EXIT.failed, code: 'failed', message, hint: '`treeline doctor` checks what this machine needs.' };
}

export function exitCodeOf(code: ErrorCode): ExitCode {
  switch (code) {
    case 'bad_request':
    case 'too_large':
      return EXIT.usage;
    case 'not_found':
    case 'parent_unknown':
      return EXIT.notFound;
    case 'unauthenticated':
    case 'forbidden':
    case 'not_addressed':
    case 'not_a_child':
    case 'cwd_refused':
    case 'not_yours':
      return EXIT.notAllowed;
    case 'unavailable':
    case 'wrong_host':
      return EXIT.unreachable;
    case 'conflict':
    case 'key_reused':
    case 'already_answered':
    case 'trigger_closed':
    case 'child_gone':
    case 'session_ended':
    case 'parent_ended':
    case 'superseded':
    case 'stale_fence':
      return EXIT.conflict;
    case 'no_runner':
      return EXIT.runnerOffline;
    case 'depth_limit':
    case 'children_limit':
    case 'tree_limit':
    case 'spawn_rate':
    case 'agent_unknown':
    case 'capacity':
    case 'protocol_version':
    case 'rate_limited':
    case 'internal':
      return EXIT.failed;
  }
}
