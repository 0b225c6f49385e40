/** Every error that leaves over HTTP has one shape: `{error: {code, message, hint, requestId}}`. */
import { TreelineError, type ErrorCode, type ProblemBody } from '@treeline/shared';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { requestIdOf } from './request-id.ts';

/** What express and its body parser throw (the `http-errors` shape). */
const HttpError = z.object({
  status: z.number().int().min(400).max(499),
  message: z.string(),
  type: z.string().optional(),
});

/** An error of the catalogue for anything thrown. The text of an unforeseen error stays in the log. */
export function asTreelineError(error: unknown): TreelineError {
  if (error instanceof TreelineError) return error;
  const known = HttpError.safeParse(error);
  if (!known.success) return new TreelineError('internal', 'Something went wrong in the relay', { cause: error });
  const code: ErrorCode = known.data.status === 413 ? 'too_large' : 'bad_request';
  return new TreelineError(code, `The request was not understood: ${known.data.message}`, { cause: error });
}

/** A path that nobody serves. */
export const notFound: RequestHandler = (request) => {
  throw new TreelineError('not_found', `There is nothing at ${request.method} ${request.path.slice(0, 200)}`);
};

/** The last middleware. `report` hears of errors that are the relay's own fault. */
export function problems(report: (error: TreelineError, requestId: string) => void): ErrorRequestHandler {
  return (thrown: unknown, _request, response, next) => {
    const requestId = requestIdOf(response);
    const error = asTreelineError(thrown);
    if (error.status >= 500) report(error, requestId);
    if (response.headersSent) return next(thrown);
    if (error.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer realm="treeline"');
    if (error.retry && error.status >= 429) response.setHeader('Retry-After', '2');
    response.status(error.status).json({ error: error.toProblem(requestId) } satisfies ProblemBody);
  };
}

/** Answers bytes that are no HTTP request; express never sees those. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const problem = new TreelineError(
    status === 431 ? 'too_large' : 'bad_request',
    `This is not an HTTP request that can be read: ${STATUS_CODES[status]}`,
  );
  const body = JSON.stringify({ error: problem.toProblem() } satisfies ProblemBody);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
