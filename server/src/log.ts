/** The relay's log: JSON lines to a file or to stderr, without anything that opens a door. */
import { pino, type Logger } from 'pino';
import type { RelayConfig } from './config.ts';

/** Never written, wherever an object with such a field is logged. */
const SECRETS = ['authorization', 'cookie', 'key', 'secret', 'token', 'password', '["set-cookie"]'];

export interface RelayLog {
  readonly log: Logger;
  close(): void;
}

export function openLog({ logLevel, logFile }: Pick<RelayConfig, 'logLevel' | 'logFile'>): RelayLog {
  const destination = pino.destination({ dest: logFile ?? 2, sync: logFile === undefined, mkdir: true, mode: 0o600 });
  const redact = {
    paths: SECRETS.flatMap((name) => [name, name.startsWith('[') ? `*${name}` : `*.${name}`]),
    censor: '[secret]',
  };
  const log = pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact }, destination);
  return {
    log,
    close() {
      if (logFile === undefined) return;
      destination.flushSync();
      destination.end();
    },
  };
}
