/** The relay's log: JSON lines to a file or to stderr, without anything that opens a door. */
import { redactSecrets } from '@treeline/shared';
import { pino, type Logger } from 'pino';
import type { RelayConfig } from './config.ts';

/** Never written, wherever an object with such a field is logged. */
const SECRETS = ['authorization', 'cookie', 'key', 'secret', 'token', 'password', '["set-cookie"]'];

export interface RelayLog {
  readonly log: Logger;
  /** Resolves when what was logged is in the file. */
  close(): Promise<void>;
}

export function openLog({ logLevel, logFile }: Pick<RelayConfig, 'logLevel' | 'logFile'>): RelayLog {
  const destination = pino.destination({ dest: logFile ?? 2, sync: logFile === undefined, mkdir: true, mode: 0o600 });
  // A full disk costs words, not the relay.
  destination.on('error', () => undefined);
  const redact = {
    paths: SECRETS.flatMap((name) => [name, name.startsWith('[') ? `*${name}` : `*.${name}`]),
    censor: '[secret]',
  };
  const timestamp = pino.stdTimeFunctions.isoTime;
  // By path for what is logged as a secret, by pattern for what has come into a message or a stack.
  const hooks = { streamWrite: redactSecrets };
  const log = pino({ level: logLevel, base: null, timestamp, redact, hooks }, destination);
  return {
    log,
    async close() {
      if (logFile === undefined) return;
      // The file may still be on its way to being opened; `end` waits for that, and flushes.
      await new Promise<void>((resolve) => {
        destination.once('close', resolve).once('error', () => resolve());
        destination.end();
      });
    },
  };
}
