import { type PersonView, shortId } from '@treeline/shared';
import { command } from '../../command.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { formatAge } from '../../time.ts';

export const userLs = command({
  name: 'user ls',
  summary: 'List people',
  examples: [['user ls', 'Everybody who has or had access.']],
  args: {},
  flags: {},
  async action({ cli }) {
    const { out } = cli;
    const { people } = await (await cli.client()).listPeople();
    if (out.isJson) return out.json(people);
    if (out.isQuiet) return people.forEach(({ id }) => out.line(id));
    const now = Date.now();
    const { active, stopped } = out.look.symbols;
    const columns: Column<PersonView>[] = [
      {
        heading: 'STATE',
        cell: ({ disabledAt }) => (disabledAt === undefined ? `${active} enabled` : `${stopped} disabled`),
      },
      { heading: 'ID', cell: ({ id }) => shortId(id) },
      { heading: 'NAME', flexible: true, cell: ({ name }) => name },
      { heading: 'ROLE', cell: ({ role }) => role },
      { heading: 'PASSWORD', cell: ({ hasPassword }) => (hasPassword ? 'yes' : 'no') },
      { heading: 'PASSKEYS', cell: ({ passkeys }) => `${passkeys}` },
      { heading: 'AGE', cell: ({ createdAt }) => formatAge(now - createdAt) },
    ];
    (await renderTable(people, columns, out.look)).forEach((line) => out.line(line));
    if (people.length === 0) out.note('Nobody has signed in yet: treeline login --code makes a one-time code.');
  },
});
