/** What every request passes before anything looks at it: the name it was sent to, and the pace of its address. */
import { TreelineError } from '@treeline/shared';
import type { RequestHandler } from 'express';
import { isKnownHost, type HostRules } from '../edge/hosts.ts';
import type { Rates } from '../edge/rates.ts';

export function guard({ hosts, rates }: { readonly hosts: HostRules; readonly rates: Rates }): RequestHandler {
  return async (request, _response, next) => {
    const host = request.get('host');
    if (!isKnownHost(hosts, host))
      throw new TreelineError('wrong_host', `this relay does not answer to the name ${host?.slice(0, 100)}`);
    await rates.countAddress(request.ip ?? '');
    next();
  };
}
