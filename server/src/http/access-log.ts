/** One line per request: method, path, status, time. No headers, no bodies, no query: those hold secrets. */
import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { requestIdOf } from './request-id.ts';

export function accessLog(log: Logger): RequestHandler {
  return pinoHttp<IncomingMessage, Response>({
    logger: log,
    wrapSerializers: false,
    serializers: {
      req: ({ method, url }: IncomingMessage) => ({ method, path: url?.split('?')[0] }),
      res: ({ statusCode }: Response) => ({ status: statusCode }),
      err: (error: Error) => ({ name: error.name, message: error.message }),
    },
    genReqId: (_request, response) => requestIdOf(response),
    customLogLevel: (_request, { statusCode }) => (statusCode >= 500 ? 'error' : statusCode >= 400 ? 'info' : 'debug'),
  });
}
