import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createClient } from '../../client/client.ts';
import { command } from '../command.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import { required, toggle } from '../flags.ts';
import { findRelay } from '../relay-access.ts';

/** A store of many gigabytes takes its time. */
const WITHIN_MS = 15 * 60_000;

export const relayBackup = command({
  name: 'relay backup',
  summary: 'Copy the relay’s store to a file, while it runs',
  details:
    'Run it on the relay’s machine. The copy is whole, as of one moment, and for this user only: it holds what opens\n' +
    'the relay. While it is made, the relay answers later. A relay on Redis is backed up in Redis; docs/operations.md\n' +
    'says how.',
  examples: [
    ['relay backup treeline.db', 'Of the relay of this machine.'],
    ['relay backup --force /backups/treeline.db', 'In the place of an older one.'],
  ],
  args: { file: required('where the copy goes') },
  flags: { force: toggle('--force', 'replace a file that is there') },
  async action({ args, flags, cli }) {
    const { out, settings, globals } = cli;
    const target = resolve(args.file);
    if (existsSync(target) && !flags.force)
      throw usageError(`${target} is there already: choose another name, or --force to replace it.`);
    const access = await findRelay({ settings, globals });
    if (access === undefined) throw usageError('No relay is known here: name its data folder with --data-dir.');
    const { file, bytes, at } = await createClient({ ...access, timeoutMs: WITHIN_MS }).createBackup();
    if (!existsSync(file)) throw elsewhere(file);
    await take(file, target);
    if (out.isJson) out.json({ file: target, bytes, at });
    else out.line(out.isQuiet ? target : `${out.look.symbols.done} ${target} (${Math.ceil(bytes / 1024)} KiB)`);
  },
});

/** The name appears with the complete copy. */
async function take(from: string, to: string): Promise<void> {
  const next = `${to}.part`;
  try {
    await rm(next, { force: true });
    await copyFile(from, next, constants.COPYFILE_EXCL);
    await chmod(next, 0o600);
    await rename(next, to);
  } finally {
    await rm(next, { force: true });
  }
}

function elsewhere(file: string): CliError {
  return new CliError(EXIT.failed, {
    code: 'elsewhere',
    message: `The copy is on the relay’s machine, as ${file}.`,
    hint: 'Run this command there.',
  });
}
