/** `node relay.mjs`: the relay as a process of its own. Imported, it offers startRelay to `treeline up`. */
import { argv, env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { realpathSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import { readOptions } from './config.ts';
import { startRelay } from './relay.ts';

export { startRelay, type Relay } from './relay.ts';
export { restoreBackup } from './start/restore.ts';
export { readOptions, type RelayConfig, type RelayOptions } from './config.ts';

const CLOSE_WITHIN_MS = 15_000;

async function run(): Promise<void> {
  try {
    const relay = await startRelay(readOptions(argv.slice(2), env));
    closeWithGrace({ delay: CLOSE_WITHIN_MS, logger: false }, async ({ err: error }) => {
      if (error !== undefined) console.error(`The relay stops: ${error.stack ?? error.message}`);
      await relay.close();
    });
    const { url, publicUrl, relayId } = relay;
    // Codes are for eyes: what is not a terminal may be a log that others read.
    const code = process.stdout.isTTY ? { signInCode: await relay.createSignInCode() } : {};
    console.log(JSON.stringify({ url, publicUrl, relayId, ...code }));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

const entry = argv[1];
if (entry !== undefined && realpathSync(entry) === fileURLToPath(import.meta.url)) await run();
