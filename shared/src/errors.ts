/**
 * The error catalogue: every problem that crosses a process boundary has a code here, its HTTP status, whether the same
 * request may be sent again, and the next step for whoever gets it. On the wire a problem is
 * `{error: {code, message, hint, requestId}}`.
 */
import { z } from 'zod';

interface Entry {
  readonly status: number;
  /** Sending the same request again, with the same ids, may succeed. */
  readonly retry: boolean;
  /** What to do next, in a sentence for a person. */
  readonly hint: string;
}

export const ERRORS = {
  bad_request: {
    status: 400,
    retry: false,
    hint: 'Correct the field that the message names; the API is described at /api/openapi.json.',
  },
  too_large: { status: 413, retry: false, hint: 'Send less in one request; the limits are in docs/protocol.md.' },
  unauthenticated: {
    status: 401,
    retry: false,
    hint: 'Sign in with `treeline login URL`, or send `Authorization: Bearer <key>`.',
  },
  forbidden: {
    status: 403,
    retry: false,
    hint: 'Use a credential that may do this; `treeline key ls` shows what yours may do.',
  },
  wrong_host: {
    status: 421,
    retry: false,
    hint: 'Start the relay with this name in --public-url or --allow-host, or use an address that it knows.',
  },
  not_found: {
    status: 404,
    retry: false,
    hint: 'Check the id; `treeline session ls` and `treeline inbox ls` list what there is.',
  },
  conflict: { status: 409, retry: false, hint: 'Load the current state and decide again.' },
  key_reused: { status: 409, retry: false, hint: 'A key names one request for ever; use a new key for another body.' },
  already_answered: { status: 409, retry: false, hint: 'The first answer counts; the message says whose it was.' },
  trigger_closed: { status: 409, retry: false, hint: 'This trigger is over; the message says how it ended.' },
  child_gone: {
    status: 409,
    retry: false,
    hint: 'The session that asked has ended, so nobody can receive the answer.',
  },
  not_addressed: { status: 403, retry: false, hint: 'A session may answer only triggers that are addressed to it.' },
  not_a_child: {
    status: 403,
    retry: false,
    hint: 'A session may tell only its own children; list_children shows them.',
  },
  session_ended: {
    status: 409,
    retry: false,
    hint: 'Start a new session; this one has ended and its agent cannot be resumed.',
  },
  parent_unknown: {
    status: 404,
    retry: false,
    hint: 'Name a parent that exists, or leave parentId out to start a root session.',
  },
  parent_ended: { status: 409, retry: false, hint: 'Start the session under a live parent, or as a root.' },
  depth_limit: { status: 409, retry: false, hint: 'Do this work in the session itself, or have an ancestor spawn it.' },
  children_limit: {
    status: 409,
    retry: true,
    hint: 'Wait until a child ends (list_children shows them), then spawn again.',
  },
  tree_limit: { status: 409, retry: true, hint: 'Wait until sessions of this tree end, then spawn again.' },
  spawn_rate: { status: 429, retry: true, hint: 'Wait a minute, then spawn again.' },
  no_runner: {
    status: 409,
    retry: true,
    hint: 'Add a runner with `treeline runner join`, or name one that exists (list_runners, `treeline runner ls`).',
  },
  agent_unknown: {
    status: 409,
    retry: false,
    hint: 'Choose an agent that the runner offers; `treeline runner ls` lists them.',
  },
  cwd_refused: { status: 403, retry: false, hint: 'Choose a folder below the allowed roots of that runner.' },
  capacity: {
    status: 409,
    retry: true,
    hint: 'The runner is full; wait for a session to end or choose another runner.',
  },
  protocol_version: {
    status: 426,
    retry: false,
    hint: 'Update the older side so that both speak one protocol version.',
  },
  superseded: {
    status: 409,
    retry: false,
    hint: 'Another daemon has signed in with this runner identity; stop one of the two.',
  },
  stale_fence: { status: 409, retry: true, hint: 'Say hello again; a newer connection of this runner exists.' },
  not_yours: { status: 403, retry: false, hint: 'The session belongs to another runner.' },
  rate_limited: { status: 429, retry: true, hint: 'Slow down and try again in a moment.' },
  unavailable: { status: 503, retry: true, hint: 'The relay or its store is restarting; try again in a moment.' },
  internal: { status: 500, retry: true, hint: 'Look for the request id in the log of the relay.' },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;
export const ErrorCode = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

/** A problem as it travels. */
export const Problem = z.object({
  code: ErrorCode,
  message: z.string(),
  hint: z.string(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

export const ProblemBody = z.object({ error: Problem });
export type ProblemBody = z.infer<typeof ProblemBody>;

/** An error of the catalogue. `message` says what happened and why; the hint comes from the catalogue. */
export class TreelineError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'TreelineError';
    this.code = code;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retry(): boolean {
    return ERRORS[this.code].retry;
  }

  toProblem(requestId?: string): Problem {
    return {
      code: this.code,
      message: this.message,
      hint: ERRORS[this.code].hint,
      ...(requestId === undefined ? {} : { requestId }),
    };
  }

  static fromProblem(problem: Problem): TreelineError {
    return new TreelineError(problem.code, problem.message);
  }
}
