import { type Frame, formatPosition, type Position, PositionText, START } from '@treeline/shared';
import { followSession, framesAfter } from '../../../client/follow.ts';
import type { Cli } from '../../cli.ts';
import { command } from '../../command.ts';
import { usageError } from '../../exit.ts';
import { integer, required, text, toggle } from '../../flags.ts';
import { sessionIdOf } from '../../ids.ts';
import { recordJson, recordLines, recordsOf } from '../../output/records.ts';

export const sessionLogs = command({
  name: 'session logs',
  summary: 'Print the log of a session',
  details:
    'With --json one array of records; with --jsonl, or --json -f, one record a line.\n' +
    'Each has its position, which --since takes to go on from there.\n' +
    'Where entries were removed for their age a line says so, in JSON as {"removed": "1-128"}.',
  examples: [
    ['session logs 4kd9', 'Everything so far.'],
    ['session logs 4kd9 -f', 'And what comes, until Ctrl-C.'],
    ['session logs 4kd9 -f --since 1-128 --jsonl', 'For a program that goes on where it stopped.'],
  ],
  args: { session: required('the session') },
  flags: {
    follow: toggle('-f, --follow', 'go on with what comes'),
    since: text('--since <position>', 'only what follows this position, such as 1-128'),
    tail: integer('-n, --tail <count>', 'only about this many of the last entries', { min: 1, max: 500 }),
    jsonl: toggle('--jsonl', 'one JSON record a line'),
  },
  async action({ args, flags, cli }) {
    const after = positionOf(flags.since);
    const client = await cli.client();
    const session = await sessionIdOf(client, args.session);
    const print = printer(cli, formatOf(cli, flags));
    if (flags.follow) {
      const relay = await cli.relay();
      const from = flags.tail === undefined ? { after: after ?? START } : { after, tail: flags.tail };
      const viewer = await followSession({ relay, client, session, ...from, ...print });
      return viewer.ended;
    }
    if (flags.tail !== undefined) {
      const { frames, removed } = await client.readLog({ params: { id: session }, query: { tail: flags.tail } });
      if (removed !== undefined) print.removed(removed);
      frames.forEach(print.frame);
    } else {
      for await (const frame of framesAfter(client, session, after ?? START, print.removed)) print.frame(frame);
    }
    print.end();
  },
});

function positionOf(since: string | undefined) {
  const parsed = PositionText.optional().safeParse(since);
  if (parsed.success) return parsed.data;
  throw usageError(`--since takes a position such as 1-128, not "${since}"`);
}

type Format = 'text' | 'lines' | 'array';

function formatOf({ out }: Cli, { jsonl, follow }: { jsonl: boolean; follow: boolean }): Format {
  if (jsonl || (out.isJson && follow)) return 'lines';
  return out.isJson ? 'array' : 'text';
}

interface Printer {
  readonly frame: (frame: Frame) => void;
  readonly removed: (upTo: Position) => void;
  readonly end: () => void;
}

function printer({ out }: Cli, format: Format): Printer {
  const collected: object[] = [];
  return {
    frame: (frame) => {
      for (const record of recordsOf(frame)) {
        if (format === 'array') collected.push(recordJson(record));
        else if (format === 'lines') out.jsonLine(recordJson(record));
        else recordLines(record, out.look).forEach((line) => out.line(line));
      }
    },
    removed: (upTo) => {
      const position = formatPosition(upTo);
      // Programs get it in its place, where they would miss the entries.
      if (format === 'array') collected.push({ removed: position });
      else if (format === 'lines') out.jsonLine({ removed: position });
      else out.line(`… earlier entries were removed (up to ${position})`);
    },
    end: () => {
      if (format === 'array') out.json(collected);
    },
  };
}
