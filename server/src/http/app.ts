/** The HTTP side of the relay: one express app. */
import compression from 'compression';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { RelayConfig } from '../config.ts';
import type { HostRules } from '../edge/hosts.ts';
import type { Rates } from '../edge/rates.ts';
import { accessLog } from './access-log.ts';
import { guard } from './guard.ts';
import { healthRoutes, type HealthOptions } from './health.ts';
import { openApiDocument } from './openapi.ts';
import { notFound, problems } from './problems.ts';
import { requestId } from './request-id.ts';
import { apiRoutes, type RouteOptions } from './routes.ts';
import { viewerRoutes } from './viewer.ts';

export interface AppOptions extends RouteOptions, HealthOptions {
  readonly config: Pick<RelayConfig, 'trustProxy' | 'webDir'>;
  /** Browsers reach the relay over https. */
  readonly secure: boolean;
  readonly log: Logger;
  readonly hosts: HostRules;
  readonly rates: Rates;
}

export function createApp(options: AppOptions): Express {
  const { config, secure, log, hosts, rates } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.trustProxy.length > 0 ? [...config.trustProxy] : false);
  app.use(requestId, accessLog(log), securityHeaders(secure), guard({ hosts, rates }), compression());
  app.use(healthRoutes(options));
  app.get('/api/openapi.json', lazily(openApiDocument));
  app.use('/api/v1', apiRoutes(options));
  app.use(viewerRoutes(config.webDir));
  app.use(notFound);
  app.use(problems((error, id) => log.error({ err: error.cause ?? error, requestId: id }, error.message)));
  return app;
}

function securityHeaders(secure: boolean) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Over plain http it would have no effect, and behind a proxy that ends TLS it is wanted.
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}

/** Made at the first request and kept as text. */
function lazily(make: () => unknown): express.RequestHandler {
  let text: string | undefined;
  return (_request, response) => {
    text ??= JSON.stringify(make());
    response.type('json').send(text);
  };
}
