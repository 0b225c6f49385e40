import { type RunnerView, shortId } from '@treeline/shared';
import { command } from '../../command.ts';
import { formatAge } from '../../time.ts';
import { toggle } from '../../flags.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { copyText, runnerText } from '../../output/words.ts';

export const runnerLs = command({
  name: 'runner ls',
  summary: 'List the runners of the relay',
  examples: [['runner ls', 'Which machines there are, and what they offer.']],
  args: {},
  flags: { online: toggle('--online', 'only those that are online') },
  async action({ flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const all = (await client.listRunners()).runners;
    const runners = flags.online ? all.filter(({ online }) => online) : all;
    if (out.isJson) return out.json(runners);
    if (out.isQuiet) return runners.forEach(({ id }) => out.line(id));
    if (runners.length === 0)
      return out.note(
        'There is no runner. Add one: treeline key create NAME --join, then treeline runner join on that machine.',
      );
    const now = Date.now();
    const columns: Column<RunnerView>[] = [
      { heading: 'STATE', cell: (runner) => runnerText(runner, out.look) },
      { heading: 'RUNNER', cell: ({ profile }) => profile.name },
      { heading: 'ID', cell: ({ id }) => shortId(id) },
      { heading: 'SESSIONS', cell: ({ sessions, profile }) => `${sessions} of ${profile.capacity}` },
      { heading: 'SINCE', cell: ({ presence }) => (presence.state === 'new' ? '' : formatAge(now - presence.since)) },
      { heading: 'AGENTS', flexible: true, cell: ({ profile }) => agentsText(profile.agents) },
      {
        heading: 'LABELS',
        cell: ({ profile }) =>
          Object.entries(profile.labels)
            .map(([key, value]) => `${key}=${value}`)
            .join(' '),
      },
      { heading: 'VERSION', cell: ({ profile }) => profile.version },
    ];
    (await renderTable(runners, columns, out.look)).forEach((line) => out.line(line));
    for (const text of runners.map((runner) => copyText(runner, now))) if (text !== undefined) out.note(text);
  },
});

/** Those that would start, and how many would not. */
export function agentsText(agents: RunnerView['profile']['agents']): string {
  const ready = agents.filter(({ problem }) => problem === undefined).map(({ name }) => name);
  const others = agents.length - ready.length;
  return ready.join(' ') + (others === 0 ? '' : ` (+${others} not ready)`);
}
