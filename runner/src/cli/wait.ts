/** Waiting for a session: hints come over the viewer's socket, the truth by asking. */
import type { SessionId, SessionView } from '@treeline/shared';
import { openViewer } from '../client/viewer.ts';
import type { Cli } from './cli.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { statusText } from './output/words.ts';

export const WAIT_GOALS = ['done', 'needs-you', 'idle'] as const;
export type WaitGoal = (typeof WAIT_GOALS)[number];

/** Asked anew this often even when no hint comes. */
const RECHECK_MS = 5000;

/**
 * Whether the wait is over, and with which exit code. Without a goal it is over when the session has ended or waits for
 * a person; a goal is 0 when it is reached, and the end of the session ends every wait.
 */
export function waitResult(session: Pick<SessionView, 'status'>, goal: WaitGoal | undefined): ExitCode | undefined {
  switch (session.status) {
    case 'completed':
      return goal === 'needs-you' ? EXIT.failed : EXIT.ok;
    case 'failed':
    case 'lost':
      return EXIT.sessionFailed;
    case 'cancelled':
      return EXIT.sessionStopped;
    case 'needs_you':
      if (goal === 'done') return undefined;
      return goal === 'needs-you' ? EXIT.ok : EXIT.needsYou;
    case 'idle':
    case 'asleep':
    case 'waiting_for_child':
      return goal === 'idle' && session.status !== 'waiting_for_child' ? EXIT.ok : undefined;
    case 'queued':
    case 'starting':
    case 'working':
    case 'waiting_for_parent':
    case 'runner_offline':
      return undefined;
  }
}

/** Waits as `waitResult` says, prints how it ended, and resolves with the exit code. Throws timed_out after --timeout. */
export async function waitForSession(cli: Cli, id: SessionId, goal: WaitGoal | undefined): Promise<ExitCode> {
  const { session, exit } = await untilOver(cli, id, goal);
  const { out } = cli;
  if (out.isJson) out.json(session);
  else if (out.isQuiet) return exit;
  else {
    out.line(`${session.id}  ${statusText(session.status, out.look)}  ${session.title}`);
    if (session.lifecycle.state === 'ended') {
      const { summary, detail } = session.lifecycle;
      for (const text of [summary, detail]) if (text !== undefined && text !== '') out.line(text);
    }
  }
  return exit;
}

async function untilOver(
  cli: Cli,
  id: SessionId,
  goal: WaitGoal | undefined,
): Promise<{ session: SessionView; exit: ExitCode }> {
  const client = await cli.client();
  const deadline = cli.globals.timeout === undefined ? Infinity : performance.now() + cli.globals.timeout;
  let hint: () => void = () => undefined;
  const onSession = ({ session }: { session: { id: SessionId } }) => {
    if (session.id === id) hint();
  };
  const viewer = await openViewer(await cli.relay(), {
    connected: async (link) => {
      await link.request('overview', {});
      hint();
    },
    session: onSession,
  });
  try {
    for (;;) {
      const hinted = new Promise<void>((resolve) => (hint = resolve));
      const session = await client.getSession({ params: { id } });
      const exit = waitResult(session, goal);
      if (exit !== undefined) return { session, exit };
      const left = deadline - performance.now();
      if (left <= 0) throw timedOut(session, cli.globals.timeout ?? 0);
      await Promise.race([hinted, viewer.ended, pause(Math.min(left, RECHECK_MS))]);
    }
  } finally {
    viewer.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function timedOut(session: SessionView, ms: number): CliError {
  return new CliError(EXIT.timedOut, {
    code: 'timed_out',
    message: `After ${ms / 1000} s session ${session.id} is still ${session.status.replaceAll('_', ' ')}.`,
    hint: 'Wait longer with --timeout, or look with `treeline session attach`.',
  });
}
