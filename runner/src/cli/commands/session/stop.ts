import { command } from '../../command.ts';
import { required, toggle } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';

export const sessionStop = command({
  name: 'session stop',
  summary: 'Stop a session',
  details: 'Asks its agent to end, and after a grace period ends it with everything it started.',
  examples: [
    ['session stop 4kd9', 'This session.'],
    ['session stop 4kd9 --tree', 'And everything below it.'],
    ['session stop 4kd9 --kill', 'Without asking its agent.'],
  ],
  args: { session: required('the session') },
  flags: {
    tree: toggle('--tree', 'everything below it too'),
    finish: toggle('--finish', 'let the present turn end first'),
    kill: toggle('--kill', 'at once, without asking'),
  },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const id = await sessionIdOf(client, args.session);
    const strength = flags.kill ? 'kill' : flags.finish ? 'finish' : 'stop';
    const { stopping } = await client.stopSession({ params: { id }, body: { tree: flags.tree, strength } });
    if (out.isJson) return out.json({ stopping });
    if (out.isQuiet) return stopping.forEach((it) => out.line(it));
    if (stopping.length === 0) return out.line('nothing to stop: it has ended');
    stopping.forEach((it) => out.line(`${out.look.symbols.done} stopping ${it}`));
  },
});
