/** An HTTP request as the audit tells of it. */
import type { Request, Response } from 'express';
import { idsIn, type Call } from '../domain/audit.ts';
import { requestIdOf } from './request-id.ts';

/** Of nobody yet, to be read by people of `ns` until it is known who calls. */
export function callOf(
  action: string,
  { request, response, ns }: { request: Request; response: Response; ns: string },
): Call {
  return {
    ns,
    who: { kind: 'anonymous' },
    from: { over: 'http', address: request.ip ?? '', requestId: requestIdOf(response) },
    action,
    named: idsIn(request.params),
    told: false,
  };
}
