/** One id per request, in the answer's x-request-id, in problems and in the log. A caller's own id is kept when it is sane. */
import { newId } from '@treeline/shared';
import type { RequestHandler, Response } from 'express';

const HEADER = 'x-request-id';
const SANE = /^[\w.-]{8,64}$/;

export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get(HEADER);
  response.setHeader(HEADER, given !== undefined && SANE.test(given) ? given : newId('request'));
  next();
};

export function requestIdOf(response: Pick<Response, 'getHeader'>): string {
  return String(response.getHeader(HEADER) ?? '');
}
