import { shortId, type SignInView } from '@treeline/shared';
import { command } from '../../command.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { formatAge } from '../../time.ts';

export const deviceLs = command({
  name: 'device ls',
  summary: 'List the browsers where you are signed in',
  examples: [['device ls', 'Which they are, from where, and when they were used.']],
  args: {},
  flags: {},
  async action({ cli }) {
    const { out } = cli;
    const { devices } = await (await cli.client()).listDevices();
    if (out.isJson) return out.json(devices);
    if (out.isQuiet) return devices.forEach(({ id }) => out.line(id));
    const now = Date.now();
    const columns: Column<SignInView>[] = [
      { heading: 'ID', cell: ({ id }) => shortId(id) },
      { heading: 'NAME', flexible: true, cell: ({ name }) => name },
      { heading: 'FROM', cell: ({ address }) => address ?? '' },
      { heading: 'AGE', cell: ({ createdAt }) => formatAge(now - createdAt) },
      { heading: 'USED', cell: ({ lastUsedAt }) => `${formatAge(now - lastUsedAt)} ago` },
      { heading: 'EXPIRES', cell: ({ expiresAt }) => `in ${formatAge(expiresAt - now)}` },
    ];
    (await renderTable(devices, columns, out.look)).forEach((line) => out.line(line));
    if (devices.length === 0) out.note('No browser is signed in: treeline login --code makes a one-time code.');
  },
});
