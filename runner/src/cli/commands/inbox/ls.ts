import { isOpen, shortId, type TriggerView } from '@treeline/shared';
import { command } from '../../command.ts';
import { formatAge } from '../../time.ts';
import { toggle } from '../../flags.ts';
import { allTriggers } from '../../ids.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { TRIGGER_WORDS, triggerStateText } from '../../output/words.ts';

export const inboxLs = command({
  name: 'inbox ls',
  summary: 'List what waits for a person',
  details: 'With --all also what sessions ask their parents, and what is over.',
  examples: [
    ['inbox ls', 'What needs you.'],
    ['inbox ls --open', 'And what parents have still to answer.'],
  ],
  args: {},
  flags: {
    open: toggle('--open', 'also what is with parent sessions; a person may answer that too'),
    all: toggle('-a, --all', 'also what is over'),
  },
  async action({ flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const all = await allTriggers(client, flags.all ? 'all' : 'open');
    const shown = flags.all || flags.open ? all : all.filter(({ state }) => state.state === 'escalated');
    if (out.isJson) return out.json(shown);
    if (out.isQuiet) return shown.forEach(({ id }) => out.line(id));
    const now = Date.now();
    const columns: Column<TriggerView>[] = [
      { heading: 'STATE', cell: (it) => triggerStateText(it, out.look) },
      { heading: 'ID', cell: ({ id }) => shortId(id) },
      { heading: 'WHAT', cell: ({ type }) => TRIGGER_WORDS[type] },
      {
        heading: 'FROM',
        flexible: true,
        cell: ({ path, title }) => path.map((step) => step.title).join(` ${out.look.symbols.arrow} `) || title,
      },
      { heading: 'AGE', cell: ({ createdAt }) => formatAge(now - createdAt) },
      { heading: 'TEXT', flexible: true, cell: ({ text }) => text.split('\n', 1)[0] ?? '' },
    ];
    (await renderTable(shown, columns, out.look)).forEach((line) => out.line(line));
    const withParents = all.length - shown.length;
    if (shown.length === 0) out.note('Nothing needs you.');
    if (withParents > 0) out.note(`${withParents} more with parent sessions: treeline inbox ls --open`);
    else if (shown.some(isOpen)) out.note('Answer: treeline inbox answer ID TEXT    Details: treeline inbox show ID');
  },
});
