/** Flags that every command takes, before or after its own words. */
import { duration, text, toggle, unless, type ValuesOf } from './flags.ts';

export const GLOBAL_FLAGS = {
  json: toggle('--json', 'print JSON instead of text; problems too, on stderr'),
  quiet: toggle('-q, --quiet', 'print ids only, and no advice'),
  color: unless('--no-color', 'no colours (NO_COLOR does the same)'),
  url: text('--url <url>', 'the relay to talk to (TREELINE_URL); default: the one you logged in to, or that runs here'),
  tokenFile: text('--token-file <file>', 'a file with the key for it (TREELINE_KEY_FILE); - reads it from stdin'),
  dataDir: text(
    '--data-dir <folder>',
    'data folder of a relay on this machine (TREELINE_DATA_DIR); default ~/.treeline/relay',
  ),
  profile: text(
    '--profile <name>',
    'another runner of this machine, with a folder of its own below TREELINE_HOME/profiles',
  ),
  timeout: duration('--timeout <duration>', 'give up after this long, with exit code 7 where something is awaited'),
} as const;

export type Globals = ValuesOf<typeof GLOBAL_FLAGS>;
