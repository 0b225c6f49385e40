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
      req: ({ method, url }: IncomingMessage) => ({ method, path: shownPath(url) }),
      res: ({ statusCode }: Response) => ({ status: statusCode }),
      err: (error: Error) => ({ name: error.name, message: error.message }),
    },
    genReqId: (_request, response) => requestIdOf(response),
    customLogLevel: (_request, { statusCode }) => (statusCode >= 500 ? 'error' : statusCode >= 400 ? 'info' : 'debug'),
  });
}

/** Words of our own paths, versions, files and ids. */
const PLAIN =
  /^([a-z]{1,16}(-[a-z]{1,12}){0,3}|v\d|\w{1,40}\.(json|js|css|png|svg|ico|webmanifest)|[a-z]{3,6}_[0-9a-hjkmnp-tv-z]{26})?$/;

/** Whoever puts a secret into a path, by mistake, must not find it in the log. */
function shownPath(url: string | undefined): string | undefined {
  return url
    ?.split('?')[0]
    ?.split('/')
    .map((part) => (PLAIN.test(part) ? part : '[other]'))
    .join('/');
}
