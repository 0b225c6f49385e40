import { resolve } from 'node:path';
import { command } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import { required, toggle } from '../flags.ts';

export const relayRestore = command({
  name: 'relay restore',
  summary: 'Put a backup in the place of the store of a stopped relay',
  details:
    'Checks the whole file first and changes nothing when it is damaged, when a relay runs on the data folder, or when\n' +
    'there is a store and --yes is not given. An earlier store is kept below .replaced/ of the data folder.',
  examples: [
    ['relay restore treeline.db --data-dir /var/lib/treeline', 'Into an empty data folder.'],
    ['relay restore treeline.db --yes', 'In the place of the store of this machine.'],
  ],
  args: { file: required('the backup') },
  flags: { yes: toggle('-y, --yes', 'move a store that is there aside') },
  async action({ args, flags, cli }) {
    const { restoreBackup } = await import('../../up/relay-bundle.ts');
    const { out, dataDir } = cli;
    const { replaced } = await restoreBackup({ from: resolve(args.file), dataDir, replace: flags.yes }).catch(
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        throw new CliError(EXIT.failed, { code: 'not_restored', message, hint: 'Nothing was changed.', cause: error });
      },
    );
    if (out.isJson) return out.json({ dataDir, replaced: replaced ?? null });
    out.line(`${out.look.symbols.done} ${dataDir} has the store of ${args.file}`);
    if (replaced !== undefined) out.note(`The store that was there is in ${replaced}`);
  },
});
