import { command } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit.ts';
import { required } from '../../flags.ts';
import { pick } from '../../ids.ts';
import { askSessions, tellDaemon } from '../../machine/asking.ts';
import { homeInStep } from '../../machine/in-step.ts';
import { homeFlag } from '../../runner-home.ts';

const GONE_WITHIN_MS = 15_000;

export const runnerStopSession = command({
  name: 'runner stop-session',
  summary: 'Stop a session of this machine, also without the relay',
  details:
    'Its agent is asked to end; what is still there after three seconds is killed with everything it started. The relay is\n' +
    'told as soon as it can be. Exit code 3 when no such session runs here.',
  examples: [['runner stop-session 4kd9', 'By its id, as `treeline runner list` shows it.']],
  args: { session: required('the session, by the beginning or the end of its id') },
  flags: { home: homeFlag },
  async action({ args, flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = await homeInStep(cli, flags.home);
    const rows = (await askSessions(home)).filter(({ state }) => state === 'live');
    const { id } = pick(rows, args.session, {
      what: 'session',
      list: 'runner list',
      id: (row) => row.id,
      label: (row) => row.title,
    });
    const begun = performance.now();
    await tellDaemon(home, { path: '/sessions/stop', body: { id }, timeoutMs: GONE_WITHIN_MS });
    const ms = Math.round(performance.now() - begun);
    if (out.isJson) out.json({ stopped: id, ms });
    else out.line(out.isQuiet ? id : `${out.look.symbols.done} ${id} stopped in ${(ms / 1000).toFixed(1)} s`);
    return EXIT.ok;
  },
});
