import type { SessionTree } from '@treeline/shared';
import { command } from '../../command.ts';
import { optional, toggle } from '../../flags.ts';
import { allSessions, allTriggers, sessionIdOf } from '../../ids.ts';
import { forestOf, renderSessions, treeRows } from '../../output/sessions.ts';

export const sessionTree = command({
  name: 'session tree',
  summary: 'Show a session with everything below it',
  details: 'Without a session: every tree that has a live session.',
  examples: [
    ['session tree', 'The trees that are at work.'],
    ['session tree 4kd9', 'One tree, from this session down.'],
  ],
  args: { session: optional('the top of the tree') },
  flags: { all: toggle('-a, --all', 'without a session: also trees that are over') },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const trees =
      args.session === undefined
        ? forestOf(await allSessions(client)).filter((tree) => flags.all || isAtWork(tree))
        : [await client.getSessionTree({ params: { id: await sessionIdOf(client, args.session) } })];
    if (out.isJson) return out.json(args.session === undefined ? trees : trees[0]);
    const rows = trees.flatMap((tree) => treeRows(tree, out.look));
    if (out.isQuiet) return rows.forEach(({ session }) => out.line(session.id));
    if (rows.length === 0) return out.note('No session is live. Trees that are over: treeline session tree -a');
    const [{ runners }, triggers] = await Promise.all([client.listRunners(), allTriggers(client, 'open')]);
    const lines = await renderSessions(rows, { runners, triggers, now: Date.now(), look: out.look });
    lines.forEach((line) => out.line(line));
  },
});

function isAtWork({ session, children }: SessionTree): boolean {
  return session.lifecycle.state !== 'ended' || children.some(isAtWork);
}
