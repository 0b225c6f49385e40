/** What can go wrong between a caller and the relay, beyond the catalogue's own errors. */
import { type Problem, TreelineError } from '@treeline/shared';

/** A problem that the relay answered with, as it sent it. */
export class RelayProblem extends TreelineError {
  readonly hint: string;
  readonly requestId: string | undefined;

  constructor(problem: Problem) {
    super(problem.code, problem.message);
    this.name = 'RelayProblem';
    this.hint = problem.hint;
    this.requestId = problem.requestId;
  }
}

/** No answer from the relay: not running, wrong address, network down, or too slow. */
export class RelayUnreachable extends Error {
  override readonly name = 'RelayUnreachable';
  readonly url: string;

  constructor(url: string, why: string, options?: { cause?: unknown }) {
    super(`No relay answers at ${url}: ${why}`, options);
    this.url = url;
  }
}

/** The first cause in words, without stacks: `connection refused`, `name not found`, … */
export function whyUnreachable(error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'this host name is not known';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'the connection was cut';
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'it does not answer in time';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'the network does not reach it';
    default:
      return code ?? (error instanceof Error ? error.message : String(error));
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}
