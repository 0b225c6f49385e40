import { shortId, type ShareView } from '@treeline/shared';
import { command } from '../../command.ts';
import { optional } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { formatAge } from '../../time.ts';

export const shareLs = command({
  name: 'share ls',
  summary: 'List the links that work',
  examples: [
    ['share ls', 'All of them: what strangers may see.'],
    ['share ls 4kd2', 'Those to one session: whose they are, and until when.'],
  ],
  args: { session: optional('the session; default: all') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const { session } = args;
    const { shares } =
      session === undefined
        ? await client.listAllShares()
        : await client.listShares({ params: { id: await sessionIdOf(client, session) } });
    if (out.isJson) return out.json(shares);
    if (out.isQuiet) return shares.forEach(({ id }) => out.line(id));
    const now = Date.now();
    const columns: Column<ShareView>[] = [
      { heading: 'ID', cell: ({ id }) => id },
      { heading: 'SESSION', cell: ({ sessionId }) => shortId(sessionId) },
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
    if (shares.length === 0) out.note(session === undefined ? 'There are no links.' : 'There are no links to it.');
  },
});
