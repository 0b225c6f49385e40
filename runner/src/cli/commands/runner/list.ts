import { shortId } from '@treeline/shared';
import type { SessionRow } from '../../../daemon/control-server.ts';
import { inMb } from '../../../resources/room.ts';
import { command } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit.ts';
import { toggle } from '../../flags.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { askSessions } from '../../machine/asking.ts';
import { homeInStep } from '../../machine/in-step.ts';
import { homeFlag } from '../../runner-home.ts';
import { formatAge } from '../../time.ts';

export const runnerList = command({
  name: 'runner list',
  summary: 'List the sessions that run on this machine',
  details:
    'What the runner itself knows, also without a relay. Exit code 3 when the runner does not run: its sessions may.\n' +
    'For all runners of the relay: `treeline runner ls`.',
  examples: [
    ['runner list', 'Sessions with their processes, what they do, and their memory.'],
    ['runner list -a --json', 'Also those that sleep or have ended.'],
  ],
  args: {},
  flags: { all: toggle('-a, --all', 'also sessions without a process'), home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = await homeInStep(cli, flags.home);
    const rows = (await askSessions(home)).filter(({ state }) => flags.all || state === 'live' || state === 'starting');
    if (out.isJson) out.json(rows);
    else if (out.isQuiet) rows.forEach(({ id }) => out.line(id));
    else if (rows.length === 0) out.line('no session runs here');
    else (await renderTable(rows, COLUMNS, out.look)).forEach((line) => out.line(line));
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column<SessionRow>[] = [
  { heading: 'ID', cell: ({ id }) => shortId(id) },
  { heading: 'STATE', cell: ({ state, activity }) => (state === 'live' ? (activity ?? 'running') : state) },
  { heading: 'AGENT', cell: ({ agent }) => agent },
  { heading: 'PID', cell: ({ pid }) => String(pid ?? '') },
  {
    heading: 'AGE',
    cell: ({ startedAt }) => (startedAt === undefined ? '' : formatAge(Date.now() - Date.parse(startedAt))),
  },
  { heading: 'MEMORY', cell: ({ memoryBytes }) => (memoryBytes === undefined ? '' : inMb(memoryBytes)) },
  { heading: 'TITLE', flexible: true, cell: ({ title }) => title },
];
