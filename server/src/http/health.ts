/** Is the process alive, may it be given work, which relay is it. */
import { Router } from 'express';
import type { Authenticator } from '../auth/authenticator.ts';
import { authorize } from '../domain/authorization/decide.ts';
import { PLAIN_ACTIONS } from '../domain/authorization/table.ts';
import type { Recovery, Store } from '../ports/store.ts';
import type { Audit } from '../services/audit/audit.ts';
import { identify } from '../domain/audit.ts';
import { callOf } from './call.ts';
import { evidenceOf } from './evidence.ts';

export interface HealthOptions {
  readonly store: Pick<Store, 'health'>;
  readonly relayId: string;
  readonly isDraining: () => boolean;
  readonly authenticator: Authenticator;
  readonly audit: Audit;
}

export function healthRoutes({ store, relayId, isDraining, authenticator, audit }: HealthOptions): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ ok: true });
  });
  router.get('/readyz', async (_request, response) => {
    const { ok, backend, volatile, detail, recovered } = await store.health();
    const draining = isDraining();
    const ready = ok && !draining;
    response.setHeader('Cache-Control', 'no-store');
    response
      .status(ready ? 200 : 503)
      .json({ ready, relayId, backend, volatile, draining, detail, ...shown(recovered) });
  });
  router.get('/api/daemon', async (request, response) => {
    const call = callOf('daemon', { request, response, ns: audit.ownNs });
    await audit.watch(call, { changes: false }, async () => {
      const principal = await authenticator.identify(evidenceOf(request));
      identify(call, principal);
      authorize(PLAIN_ACTIONS.daemon, principal, 'daemon');
    });
    response.json({ running: true, pid: process.pid, uptimeMs: Math.round(process.uptime() * 1000) });
  });
  return router;
}

/** Where the originals lie is for whoever reads the relay's log. */
function shown(recovered: Recovery | undefined) {
  if (recovered === undefined) return {};
  const { at, verdict, lost } = recovered;
  return { recovered: { at, verdict, lost } };
}
