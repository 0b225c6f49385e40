import { type AuditLine, shortId } from '@treeline/shared';
import { command } from '../command.ts';
import { integer, text, toggle } from '../flags.ts';
import { sessionIdOf } from '../ids.ts';
import { type Column, renderTable } from '../output/table.ts';
import { formatAge } from '../time.ts';

const DEFAULT_LINES = 50;

export const audit = command({
  name: 'audit',
  summary: 'Who did what to what, from where',
  details: 'Newest first: changes, sign-ins and refusals. Each condition that is given must hold.',
  examples: [
    ['audit', 'The newest lines.'],
    ['audit --person ann --action respondToTrigger', 'What ann answered.'],
    ['audit --refused -n 200', 'Who was turned away.'],
    ['audit --session 4kd9xa --json', 'Everything about one session, for a script.'],
  ],
  args: {},
  flags: {
    person: text('--person <name>', 'only by this person, key, runner or session: a name or an id'),
    session: text('--session <session>', 'only about this session'),
    action: text('--action <action>', 'only this action, such as createSession'),
    refused: toggle('--refused', 'only what was refused'),
    lines: integer('-n, --lines <number>', `how many lines; default ${DEFAULT_LINES}`, { min: 1, max: 500 }),
  },
  async action({ flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const session = flags.session === undefined ? undefined : await sessionIdOf(client, flags.session);
    const { lines } = await client.listAudit({
      query: {
        limit: flags.lines ?? DEFAULT_LINES,
        ...(flags.person === undefined ? {} : { person: flags.person }),
        ...(session === undefined ? {} : { session }),
        ...(flags.action === undefined ? {} : { action: flags.action }),
        ...(flags.refused ? { outcome: 'refused' as const } : {}),
      },
    });
    if (out.isJson) return out.json(lines);
    if (out.isQuiet) return lines.forEach(({ id }) => out.line(id));
    const now = Date.now();
    const { symbols } = out.look;
    const columns: Column<AuditLine>[] = [
      { heading: 'AGE', cell: ({ at }) => formatAge(now - at) },
      {
        heading: 'OUTCOME',
        cell: ({ outcome, times }) =>
          `${outcome === 'done' ? symbols.done : symbols.failed} ${outcome}${times === undefined ? '' : ` × ${times}`}`,
      },
      { heading: 'WHO', cell: ({ who }) => `${who.kind} ${who.name ?? (who.id === undefined ? '' : shortId(who.id))}` },
      { heading: 'ACTION', cell: ({ action }) => action },
      { heading: 'ON', cell: ({ on }) => (on === undefined ? '' : shortId(on)) },
      { heading: 'FROM', cell: ({ from }) => from.address ?? from.over },
      { heading: 'WHY', flexible: true, cell: ({ reason }) => reason?.message ?? '' },
    ];
    (await renderTable(lines, columns, out.look)).forEach((line) => out.line(line));
    if (lines.length === 0) out.note('Nothing of the kind is on record.');
  },
});
