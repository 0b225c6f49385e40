import type { ShareView } from '@treeline/shared';
import { command } from '../../command.ts';
import { required } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { formatAge } from '../../time.ts';

export const shareLs = command({
  name: 'share ls',
  summary: 'List the links to a session that work',
  examples: [['share ls 4kd2', 'Whose they are, and until when.']],
  args: { session: required('the session') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const { shares } = await client.listShares({ params: { id: await sessionIdOf(client, args.session) } });
    if (out.isJson) return out.json(shares);
    if (out.isQuiet) return shares.forEach(({ id }) => out.line(id));
    const now = Date.now();
    const columns: Column<ShareView>[] = [
      { heading: 'ID', cell: ({ id }) => id },
      { heading: 'SHOWS', cell: ({ tree }) => (tree ? 'the tree below it' : 'the session alone') },
      { heading: 'BY', flexible: true, cell: ({ by }) => by },
      { heading: 'AGE', cell: ({ createdAt }) => formatAge(now - createdAt) },
      {
        heading: 'USED',
        cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : `${formatAge(now - lastUsedAt)} ago`),
      },
      { heading: 'EXPIRES', cell: ({ expiresAt }) => `in ${formatAge(expiresAt - now)}` },
    ];
    (await renderTable(shares, columns, out.look)).forEach((line) => out.line(line));
    if (shares.length === 0) out.note('There are no links to it.');
  },
});
