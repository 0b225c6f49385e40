import { type KeyView, SCOPES, shortId } from '@treeline/shared';
import { command } from '../../command.ts';
import { formatAge } from '../../time.ts';
import { toggle } from '../../flags.ts';
import { type Column, renderTable } from '../../output/table.ts';

export const keyLs = command({
  name: 'key ls',
  summary: 'List keys and join tokens',
  examples: [
    ['key ls', 'Those that work.'],
    ['key ls -a', 'Also those that have ended.'],
  ],
  args: {},
  flags: { all: toggle('-a, --all', 'also those that were revoked, used or have expired') },
  async action({ flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const { keys } = await client.listKeys();
    const shown = flags.all ? keys : keys.filter(({ ended }) => ended === undefined);
    if (out.isJson) return out.json(shown);
    if (out.isQuiet) return shown.forEach(({ id }) => out.line(id));
    const now = Date.now();
    const columns: Column<KeyView>[] = [
      {
        heading: 'STATE',
        cell: ({ ended }) =>
          ended === undefined ? `${out.look.symbols.active} works` : `${out.look.symbols.stopped} ${ended}`,
      },
      { heading: 'ID', cell: ({ id }) => shortId(id) },
      { heading: 'KIND', cell: ({ kind }) => kind },
      { heading: 'NAME', flexible: true, cell: ({ name }) => name },
      { heading: 'MAY', cell: ({ scopes }) => scopesText(scopes) },
      { heading: 'AGE', cell: ({ createdAt }) => formatAge(now - createdAt) },
      {
        heading: 'USED',
        cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : `${formatAge(now - lastUsedAt)} ago`),
      },
      {
        heading: 'EXPIRES',
        cell: ({ expiresAt }) =>
          expiresAt === undefined ? '' : expiresAt > now ? `in ${formatAge(expiresAt - now)}` : 'over',
      },
    ];
    (await renderTable(shown, columns, out.look)).forEach((line) => out.line(line));
    if (shown.length === 0) out.note('There are no keys.');
  },
});

function scopesText(scopes: readonly string[] | undefined): string {
  if (scopes === undefined) return '';
  return scopes.length === SCOPES.length ? 'everything' : scopes.join(',');
}
