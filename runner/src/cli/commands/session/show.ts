import type { SessionView } from '@treeline/shared';
import { command } from '../../command.ts';
import { formatAge, formatTime } from '../../time.ts';
import { required } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';
import { renderFields } from '../../output/fields.ts';
import type { Look } from '../../output/output.ts';
import { actorName, statusText } from '../../output/words.ts';

export const sessionShow = command({
  name: 'session show',
  summary: 'Show one session',
  examples: [
    ['session show 4kd9', 'Where it runs, what it does, how it ended.'],
    ['session show 4kd9 --json', 'The whole record.'],
  ],
  args: { session: required('the session') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const session = await client.getSession({ params: { id: await sessionIdOf(client, args.session) } });
    if (out.isJson) return out.json(session);
    if (out.isQuiet) return out.line(session.id);
    const { runners } = await client.listRunners();
    const runner = runners.find(({ id }) => id === session.runnerId)?.profile.name ?? session.runnerId;
    renderFields(fieldsOf(session, { runner, now: Date.now(), look: out.look }), out.look).forEach((line) =>
      out.line(line),
    );
  },
});

function fieldsOf(
  session: SessionView,
  { runner, now, look }: { runner: string; now: number; look: Look },
): [string, string][] {
  const { lifecycle, usage } = session;
  const ended = lifecycle.state === 'ended' ? lifecycle : undefined;
  const labels = Object.entries(session.labels).map(([key, value]) => `${key}=${value}`);
  return [
    ['Session', session.id],
    ['Title', session.title],
    ['State', `${statusText(session.status, look)} for ${formatAge(now - lifecycle.since)}`],
    ['Waits', session.waiting ?? ''],
    ['Open', session.openTriggers.join(', ')],
    [
      'Ended',
      ended === undefined ? '' : `${ended.outcome} (${ended.reason})${ended.resumable ? ', can be resumed' : ''}`,
    ],
    ['Summary', ended?.summary ?? ''],
    ['Detail', ended?.detail ?? ''],
    ['Runner', `${runner}  ${look.colors.dim(session.runnerId)}`],
    ['Agent', [session.agent, session.model].filter((part) => part !== undefined).join(', ')],
    ['Folder', session.cwd ?? ''],
    [
      'Parent',
      session.parentId ?? (session.formerParentId === undefined ? '' : `none; formerly ${session.formerParentId}`),
    ],
    ['Labels', labels.join(', ')],
    ['Attempt', session.attempt === 1 ? '' : String(session.attempt)],
    ['Tokens', usage === undefined ? '' : `${usage.inputTokens ?? 0} in, ${usage.outputTokens ?? 0} out`],
    ['Cost', usage?.costUsd === undefined ? '' : `$${usage.costUsd.toFixed(2)}`],
    ['Started', `${formatTime(session.createdAt)} by ${actorName(session.createdBy)}`],
    ['Link', session.shareUrl],
  ];
}
