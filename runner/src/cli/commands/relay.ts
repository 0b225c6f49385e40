import { environment } from '../../config.ts';
import { command } from '../command.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { choice, integer, text, toggle } from '../flags.ts';
import { renderFields } from '../output/fields.ts';

export const RELAY_FLAGS = {
  port: integer('--port <number>', 'the port it listens on (default 7460; 0: any free one)', { min: 0, max: 65_535 }),
  host: text('--host <address>', 'the address it listens on (default 127.0.0.1: this machine only)'),
  redis: text(
    '--redis <url>',
    'keep everything in this Redis instead of a file in the data folder; REDIS_URL keeps its password out of sight',
  ),
  volatile: toggle('--volatile', 'accept a Redis that may lose what it acknowledged'),
  tlsCert: text('--tls-cert <file>', 'speak https with this certificate (PEM); read again when it changes'),
  tlsKey: text('--tls-key <file>', 'its key (PEM)'),
  publicUrl: text('--public-url <url>', 'where people and runners reach it, when that is not host and port'),
} as const;

export const relay = command({
  name: 'relay',
  summary: 'Start the relay alone, in the foreground',
  details:
    'For servers and containers; runners join it from their machines. It keeps its data in --data-dir, and logs JSON to\n' +
    'stderr. Tree limits and times have variables, such as TREELINE_MAX_DEPTH and TREELINE_ESCALATE_AFTER_MS.',
  examples: [
    ['relay --data-dir /var/lib/treeline', 'One relay with its own store.'],
    [
      'relay --host 0.0.0.0 --public-url https://relay.example --redis redis://db:6379',
      'One of several that share a Redis, behind a proxy.',
    ],
  ],
  args: {},
  flags: {
    ...RELAY_FLAGS,
    acceptNewStore: toggle('--accept-new-store', 'go on with a Redis store that is not the one of last time'),
    logLevel: choice('--log-level <level>', 'silent, error, warn, info (the default) or debug', [
      'silent',
      'error',
      'warn',
      'info',
      'debug',
    ]),
  },
  async action({ flags, cli }): Promise<ExitCode> {
    const { startRelay } = await import('../../up/relay-bundle.ts');
    const { watchSignals } = await import('../../up/until-signal.ts');
    const { redis, volatile, acceptNewStore, ...others } = flags;
    const settings = {
      ...others,
      dataDir: cli.dataDir,
      redisUrl: redis ?? cli.settings.redisUrl,
      volatile: volatile || undefined,
      acceptNewStore: acceptNewStore || undefined,
    };
    const running = await startRelay(settings, environment).catch(relayFailed);
    const signals = watchSignals(() => process.exit(EXIT.interrupted));
    const { out } = cli;
    const { url, publicUrl, relayId } = running;
    if (out.isJson) out.jsonLine({ url, publicUrl, relayId });
    else {
      const code = process.stdout.isTTY ? await running.createSignInCode() : undefined;
      const signIn = code === undefined ? 'treeline login --code makes a one-time code' : `${publicUrl}/pair#${code}`;
      const fields: [string, string][] = [
        ['Relay', publicUrl],
        ['Data', cli.dataDir],
        ['Sign in', signIn],
      ];
      renderFields(fields, out.look).forEach((line) => out.line(line));
    }
    if (running.warning !== undefined) out.note(running.warning);
    await signals.asked;
    await running.close();
    signals.stop();
    return EXIT.ok;
  },
});

/** The relay says in one line what hinders it and what to do. */
export function relayFailed(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  throw new CliError(EXIT.failed, {
    code: 'relay_not_started',
    message,
    hint: 'Nothing was left running.',
    cause: error,
  });
}
