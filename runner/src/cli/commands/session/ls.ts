import { command } from '../../command.ts';
import { choice, text, toggle } from '../../flags.ts';
import { allSessions, allTriggers, runnerIdOf } from '../../ids.ts';
import { forestOf, renderSessions, treeRows } from '../../output/sessions.ts';

export const sessionLs = command({
  name: 'session ls',
  summary: 'List sessions, newest first',
  details: 'Without -a or --state, those that have not ended.',
  examples: [
    ['session ls', 'What is going on.'],
    ['session ls --tree -a', 'Everything, each session under its parent.'],
    ['session ls --state ended --json', 'What has ended, for a script.'],
  ],
  args: {},
  flags: {
    all: toggle('-a, --all', 'also sessions that have ended'),
    tree: toggle('--tree', 'each session under its parent'),
    state: choice('--state <state>', 'live, ended or all', ['live', 'ended', 'all']),
    runner: text('--runner <runner>', 'only on this runner'),
  },
  async action({ flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const runner = flags.runner === undefined ? undefined : await runnerIdOf(client, flags.runner);
    const state = flags.state ?? (flags.all ? 'all' : 'live');
    const sessions = await allSessions(client, { state, ...(runner === undefined ? {} : { runner }) });
    if (out.isJson) return out.json(sessions);
    if (out.isQuiet) return sessions.forEach(({ id }) => out.line(id));
    if (sessions.length === 0) {
      return out.note(
        state === 'live'
          ? 'No session is live. Start one: treeline session new "Say hello"    Ended ones: treeline session ls -a'
          : 'There are no sessions.',
      );
    }
    const [{ runners }, triggers] = await Promise.all([client.listRunners(), allTriggers(client, 'open')]);
    const rows = flags.tree
      ? forestOf(sessions).flatMap((tree) => treeRows(tree, out.look))
      : sessions.map((session) => ({ session, branch: '' }));
    const lines = await renderSessions(rows, { runners, triggers, now: Date.now(), look: out.look });
    lines.forEach((line) => out.line(line));
  },
});
