import { createInterface } from 'node:readline';
import { type SessionView, shortId } from '@treeline/shared';
import { followSession } from '../../../client/follow.ts';
import { command } from '../../command.ts';
import { integer, required } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';
import { LiveText } from '../../output/live-text.ts';
import { recordJson, recordsOf } from '../../output/records.ts';
import { statusText } from '../../output/words.ts';

export const sessionAttach = command({
  name: 'session attach',
  summary: 'Watch a session live, and talk to it',
  details:
    'Each line that is typed is sent to the session after its turn. Ctrl-C or Ctrl-D detaches; the session goes on.',
  examples: [
    ['session attach 4kd9', 'Watch, and write when needed.'],
    ['session attach 4kd9 < /dev/null', 'Only watch, until the session ends.'],
  ],
  args: { session: required('the session') },
  flags: {
    tail: integer('-n, --tail <count>', 'begin with about this many of the last entries (default 100)', {
      min: 1,
      max: 500,
    }),
  },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const id = await sessionIdOf(client, args.session);
    const live = new LiveText({ write: (chunk) => process.stdout.write(chunk), look: out.look });
    const detached = deferred();
    let status: SessionView['status'] | undefined;
    const changed = (session: SessionView) => {
      if (session.status === status) return;
      status = session.status;
      if (out.isJson) return out.jsonLine({ session });
      live.endLine();
      out.note(
        `── ${statusText(session.status, out.look)}${session.waiting === undefined ? '' : `: ${session.waiting}`}`,
      );
      if (session.status === 'needs_you')
        out.note(`   answer with: treeline inbox answer ${shortId(session.openTriggers.at(-1) ?? '')} TEXT`);
      if (session.lifecycle.state === 'ended') detached.resolve();
    };
    const viewer = await followSession({
      relay: await cli.relay(),
      client,
      session: id,
      tail: flags.tail,
      changed,
      frame: (frame) => {
        for (const record of recordsOf(frame)) {
          if (out.isJson) out.jsonLine(recordJson(record));
          else live.record(record);
        }
      },
      removed: () => out.note('── earlier entries were removed'),
      ...(out.isJson ? {} : { delta: (updates) => updates.forEach((update) => live.delta(update)) }),
      link: (up) => {
        if (!up) out.note('── the relay is gone; waiting for it');
      },
    });
    const lines = createInterface({ input: process.stdin, terminal: false });
    lines.on('line', (line) => {
      if (line.trim() === '') return;
      client.sendMessage({ params: { id }, body: { text: line } }).catch((error: unknown) => detached.reject(error));
    });
    if (process.stdin.isTTY) lines.once('close', () => detached.resolve());
    process.once('SIGINT', () => detached.resolve());
    try {
      await Promise.race([detached.promise, viewer.ended]);
    } finally {
      lines.close();
      viewer.close();
      live.endLine();
    }
  },
});

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
