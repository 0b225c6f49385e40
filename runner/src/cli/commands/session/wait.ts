import { command } from '../../command.ts';
import { choice, required } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';
import { WAIT_GOALS, waitForSession } from '../../wait.ts';

export const sessionWait = command({
  name: 'session wait',
  summary: 'Wait until a session is done, needs you or is idle',
  details:
    'Exit code: 0 done (or what --for names is reached), 20 failed or lost, 21 needs you, 22 stopped, 7 timed out.\n' +
    'Without --for it ends when the session has ended or needs you; with --for done only when it has ended.',
  examples: [
    ['session wait 4kd9 && deploy', 'Go on when it is done.'],
    ['session wait 4kd9 --timeout 10m --for done', 'At most ten minutes, whatever it asks.'],
    ['session wait 4kd9 --for needs-you', 'Until it asks something.'],
  ],
  args: { session: required('the session') },
  flags: { for: choice('--for <what>', 'done, needs-you or idle', WAIT_GOALS) },
  async action({ args, flags, cli }) {
    return waitForSession(cli, await sessionIdOf(await cli.client(), args.session), flags.for);
  },
});
