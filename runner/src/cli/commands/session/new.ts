import { type SessionView, shortId } from '@treeline/shared';
import { resolve } from 'node:path';
import type { Client } from '../../../client/client.ts';
import type { Cli } from '../../cli.ts';
import { command } from '../../command.ts';
import type { ExitCode } from '../../exit.ts';
import { duration, integer, optional, pairs, text, toggle } from '../../flags.ts';
import { runnerIdOf, sessionIdOf } from '../../ids.ts';
import { statusText } from '../../output/words.ts';
import { startOwnRunner } from '../../own-runner.ts';
import { textOrStdin } from '../../stdin.ts';
import { waitForSession } from '../../wait.ts';

const MB = 1024 * 1024;

export const sessionNew = command({
  name: 'session new',
  summary: 'Start a session',
  details:
    'Without --runner the relay chooses one. The prompt is read from stdin when it is "-" or left out.\n' +
    'With --key, the same key always names the same session, so the command may safely be run again.',
  examples: [
    ['session new "Say hello" --agent scripted', 'A first session that needs no model.'],
    [
      'session new "Update the changelog" --runner kitchen-pi --cwd ~/src/api',
      'On a certain machine, in a certain folder there.',
    ],
    ['session new - --wait < task.md', 'The prompt from a file; ends when the agent has dealt with it.'],
  ],
  args: { prompt: optional('what the agent is to do') },
  flags: {
    runner: text('--runner <runner>', 'the machine it runs on, by name or id'),
    cwd: text('--cwd <folder>', 'the folder it works in, on that machine; default: a new empty one'),
    agent: text('--agent <name>', 'the agent, as `treeline runner ls` names it; default: the runner’s own choice'),
    model: text('--model <name>', 'the model, in the agent’s own words'),
    worktree: toggle('--worktree', 'work in a git worktree of its own, made from the repository that --cwd is in'),
    maxMemory: integer('--max-memory <MB>', 'stop it when all its processes use more', { min: 16, max: 1_000_000 }),
    maxTime: duration('--max-time <duration>', 'stop it after this long'),
    maxIdle: duration('--max-idle <duration>', 'stop it when it has had nothing to do for this long'),
    parent: text('--parent <session>', 'the session to start it under'),
    title: text('--title <text>', 'its name in lists; default: the beginning of the prompt'),
    label: pairs('--label <key=value>', 'a label of the session; may be repeated'),
    runnerLabel: pairs('--runner-label <key=value>', 'choose a runner that has this label; may be repeated'),
    key: text('--key <text>', 'idempotency key'),
    wait: toggle(
      '--wait',
      'wait until the agent has done it, print what it said, and end as `session wait --for idle` does',
    ),
  },
  async action({ args, flags, cli }): Promise<ExitCode | void> {
    const prompt = await textOrStdin(args.prompt, 'prompt');
    const client = await cli.client();
    await startOwnRunner(cli);
    const [runnerId, parentId] = await Promise.all([
      flags.runner === undefined ? undefined : runnerIdOf(client, flags.runner),
      flags.parent === undefined ? undefined : sessionIdOf(client, flags.parent),
    ]);
    const { session, ...created } = await client.createSession({
      body: {
        prompt,
        runnerId,
        parentId,
        cwd: flags.cwd === undefined ? undefined : resolve(flags.cwd),
        agent: flags.agent,
        model: flags.model,
        worktree: flags.worktree ? true : undefined,
        limits: some({
          ...(flags.maxMemory !== undefined && { memoryBytes: flags.maxMemory * MB }),
          ...(flags.maxTime !== undefined && { timeMs: flags.maxTime }),
          ...(flags.maxIdle !== undefined && { idleMs: flags.maxIdle }),
        }),
        title: flags.title,
        key: flags.key,
        labels: some(flags.label),
        runnerLabels: some(flags.runnerLabel),
      },
    });
    if (flags.wait) {
      cli.out.note(`${created.id}  ${created.shareUrl}`);
      return waitForSession(cli, created.id, 'idle');
    }
    const { out } = cli;
    if (out.isJson) out.json({ ...created, session });
    else if (out.isQuiet) out.line(created.id);
    else await printCreated(cli, client, session);
  },
});

async function printCreated({ out }: Cli, client: Client, session: SessionView): Promise<void> {
  const { runners } = await client.listRunners();
  const runner = runners.find(({ id }) => id === session.runnerId)?.profile.name ?? session.runnerId;
  out.line(`${session.id}  ${statusText(session.status, out.look)} on ${runner}, ${session.agent}`);
  if (session.waiting !== undefined) out.line(`  ${session.waiting}`);
  out.note(`  watch it:  treeline session attach ${shortId(session.id)}    ${session.shareUrl}`);
}

function some<T extends object>(record: T): T | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}
