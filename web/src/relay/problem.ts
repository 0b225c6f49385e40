/** What can go wrong between the page and the relay. */
import type { ErrorCode, Problem } from '@treeline/shared';

/** The relay's own answer to a request that it refused. */
export class RelayProblem extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly requestId: string | undefined;

  constructor({ code, message, hint, requestId }: Problem) {
    super(message);
    this.name = 'RelayProblem';
    this.code = code;
    this.hint = hint;
    this.requestId = requestId;
  }
}

/** No answer: no network, or no relay. Whether the request was done is unknown; the same key may be sent again. */
export class Unreachable extends Error {
  readonly hint = 'Check the connection; it is tried again by itself.';

  constructor(options?: { cause?: unknown }) {
    super('The relay does not answer', options);
    this.name = 'Unreachable';
  }
}

/** A problem of the catalogue, if this is one. */
export function asProblem(value: unknown): Problem | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, message, hint } = value as Partial<Record<keyof Problem, unknown>>;
  const isProblem = typeof code === 'string' && typeof message === 'string' && typeof hint === 'string';
  return isProblem ? (value as Problem) : undefined;
}
