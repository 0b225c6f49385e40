/** What an HTTP request shows of who sent it. */
import type { Request } from 'express';
import type { Evidence } from '../auth/authenticator.ts';

const BEARER = /^Bearer +(\S+) *$/i;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function evidenceOf(request: Request): Evidence {
  const authorization = request.get('authorization');
  return {
    // A header of another form is a key that is not valid, rather than none.
    key: authorization === undefined ? undefined : (BEARER.exec(authorization)?.[1] ?? ''),
    cookie: request.get('cookie'),
    origin: request.get('origin'),
    host: request.get('host'),
    address: request.ip ?? '',
    changes: !SAFE_METHODS.has(request.method),
  };
}
