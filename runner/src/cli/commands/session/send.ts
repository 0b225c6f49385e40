import { command } from '../../command.ts';
import { required, rest, text, toggle } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';
import { textOrStdin } from '../../stdin.ts';

export const sessionSend = command({
  name: 'session send',
  summary: 'Send a message to a session',
  details: 'It is read after the present turn, or with --now in its midst. A session that sleeps wakes up.',
  examples: [
    ['session send 4kd9 "Also update the tests"', 'After what it does now.'],
    ['session send 4kd9 --now "Stop, wrong branch"', 'At once.'],
    ['session send 4kd9 - < notes.md', 'From stdin.'],
  ],
  args: { session: required('the session'), text: rest('the message; - reads it from stdin') },
  flags: {
    now: toggle('--now', 'interrupt the turn that runs'),
    key: text('--key <text>', 'idempotency key: sent again with the same key, it arrives once'),
  },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const message = await textOrStdin(args.text.join(' '), 'message');
    const client = await cli.client();
    const id = await sessionIdOf(client, args.session);
    const body = { text: message, deliverAs: flags.now ? 'steer' : 'followUp', key: flags.key } as const;
    const accepted = await client.sendMessage({ params: { id }, body });
    if (out.isJson) out.json(accepted);
    else if (out.isQuiet) out.line(accepted.messageId);
    else out.line(`${out.look.symbols.done} in the inbox of ${id}, at ${accepted.position}`);
  },
});
