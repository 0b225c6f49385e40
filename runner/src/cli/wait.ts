/** Waiting for a session: hints come over the viewer's socket, the truth by asking. */
import type { LogRecord, SessionId, SessionView } from '@treeline/shared';
import { openViewer } from '../client/viewer.ts';
import type { Cli } from './cli.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { chunkText, recordsOf } from './output/records.ts';
import { safe } from './output/safe.ts';
import { statusText } from './output/words.ts';

export const WAIT_GOALS = ['done', 'needs-you', 'idle'] as const;
export type WaitGoal = (typeof WAIT_GOALS)[number];

/** Asked anew this often even when no hint comes. */
const RECHECK_MS = 5000;
/** An agent between two steps is idle too; only this long counts. */
const SETTLED_MS = 1000;
const TAIL_FRAMES = 50;

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
      return goal === 'idle' ? EXIT.ok : undefined;
    case 'queued':
    case 'starting':
    case 'working':
    case 'waiting_for_parent':
    case 'waiting_for_child':
    case 'runner_offline':
      return undefined;
  }
}

/** Waits as `waitResult` says, prints how it ended, and resolves with the exit code. Throws timed_out after --timeout. */
export async function waitForSession(cli: Cli, id: SessionId, goal: WaitGoal | undefined): Promise<ExitCode> {
  const { session, exit } = await untilOver(cli, id, goal);
  const { out } = cli;
  if (out.isJson) out.json(session);
  else if (!out.isQuiet) {
    out.line(`${session.id}  ${statusText(session.status, out.look)}  ${safe(session.title)}`);
    const result = session.lifecycle.state === 'ended' ? endText(session.lifecycle) : await lastMessage(cli, id);
    if (result !== '') out.line(safe(result));
  }
  return exit;
}

function endText({ summary, detail }: { summary?: string | undefined; detail?: string | undefined }): string {
  return [summary, detail].filter((text) => text !== undefined && text !== '').join('\n');
}

/** What the agent said last. */
async function lastMessage(cli: Cli, id: SessionId): Promise<string> {
  const { frames } = await (await cli.client()).readLog({ params: { id }, query: { tail: TAIL_FRAMES } });
  const said = frames.flatMap(recordsOf).findLast(({ record }) => isMessage(record));
  return said?.record.kind === 'update' ? (chunkText(said.record.update) ?? '') : '';
}

const isMessage = (record: LogRecord) =>
  record.kind === 'update' && record.update.sessionUpdate === 'agent_message_chunk';

async function untilOver(
  cli: Cli,
  id: SessionId,
  goal: WaitGoal | undefined,
): Promise<{ session: SessionView; exit: ExitCode }> {
  const client = await cli.client();
  const deadline = cli.globals.timeout === undefined ? Infinity : performance.now() + cli.globals.timeout;
  let hint: () => void = () => undefined;
  let settling = { since: -1, seen: 0 };
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
      if (session.lifecycle.since !== settling.since)
        settling = { since: session.lifecycle.since, seen: performance.now() };
      const isSettled = session.status !== 'idle' || performance.now() - settling.seen >= SETTLED_MS;
      if (exit !== undefined && isSettled) return { session, exit };
      const left = deadline - performance.now();
      if (left <= 0) throw timedOut(session, cli.globals.timeout ?? 0);
      const patience = exit === undefined ? RECHECK_MS : SETTLED_MS;
      await Promise.race([hinted, viewer.ended, pause(Math.min(left, patience))]);
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
