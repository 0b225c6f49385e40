/** What every command gets: settings, global flags, output, and the way to the relay. */
import { resolve } from 'node:path';
import { type Client, createClient } from '../client/client.ts';
import type { Settings } from '../config.ts';
import { treelineAsTyped } from '../programs.ts';
import { CliError, EXIT } from './exit.ts';
import type { Globals } from './globals.ts';
import { createOutput, type Output } from './output/output.ts';
import { findRelay, type RelayAccess } from './relay-access.ts';

export interface Cli {
  readonly settings: Settings;
  readonly globals: Globals;
  readonly out: Output;
  /** The data folder of this machine's relay, by --data-dir or else the default. */
  readonly dataDir: string;
  /** Where the relay is and what to say to it. Throws a CliError when nothing names one. */
  relay(): Promise<RelayAccess>;
  client(): Promise<Client>;
}

export function createCli(settings: Settings, globals: Globals): Cli {
  const out = createOutput({
    json: globals.json,
    quiet: globals.quiet,
    noColor: settings.noColor || !globals.color,
    unicode: settings.unicode,
    typed: treelineAsTyped(),
  });
  let access: Promise<RelayAccess> | undefined;
  const relay = () => (access ??= findRelay({ settings, globals }).then(orExplain));
  return {
    settings,
    globals,
    out,
    dataDir: globals.dataDir === undefined ? settings.dataDir : resolve(globals.dataDir),
    relay,
    async client() {
      const { url, key } = await relay();
      return createClient({ url, key, timeoutMs: globals.timeout });
    },
  };
}

function orExplain(access: RelayAccess | undefined): RelayAccess {
  if (access !== undefined) return access;
  throw new CliError(EXIT.unreachable, {
    code: 'no_relay',
    message: 'No relay is known here: none runs on this machine, and nobody has logged in to one.',
    hint: 'Start one with `treeline up`, or run `treeline login URL`.',
  });
}
