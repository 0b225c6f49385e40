/**
 * What a session was given, as people read it. The agent read a text that is complete in itself, with ids and how to
 * answer; people see who it came from and what it said.
 */
import type { SessionUpdate } from '@treeline/shared';
import { contentText, fields, stringOf } from './records.ts';
import type { MessageOrigin } from './rows.ts';

const SESSION = /\bses_[0-9a-hjkmnp-tv-z]{26}\b/;
const TRIGGER = /\btrg_[0-9a-hjkmnp-tv-z]{26}\b/;
const TITLE = /^\[Treeline\] Your child session ses_\w+ \("(.*)"\) (has|asks|submits)/;

export interface Received {
  readonly text: string;
  readonly origin: MessageOrigin | undefined;
}

export function receivedOf(update: SessionUpdate): Received {
  const text = contentText(update['content']);
  const item = fields(fields(update['_meta'])?.['treeline/item']);
  const kind = stringOf(item?.['kind']);
  if (kind === undefined) return { text, origin: undefined };
  const from = fields(item?.['from']);
  const name = stringOf(from?.['name']) ?? TITLE.exec(text)?.[1];
  const sessionId = stringOf(from?.['id']) ?? SESSION.exec(text)?.[0];
  const triggerId = TRIGGER.exec(text)?.[0];
  return {
    text: said(kind, text),
    origin: {
      kind,
      ...(name !== undefined && { name }),
      ...(sessionId !== undefined && { sessionId }),
      ...(triggerId !== undefined && { triggerId }),
    },
  };
}

/** The words themselves, without what tells the agent how to go on. */
function said(kind: string, text: string): string {
  if (kind === 'trigger') {
    const quoted = text.split('\n').filter((line) => line.startsWith('>'));
    return quoted.length === 0 ? text : quoted.map((line) => line.replace(/^> ?/, '')).join('\n');
  }
  if (kind === 'tell') return text.replace(/^\[Treeline\] Message from [^\n]*:\n/, '');
  return text.replace(/^\[Treeline\] /, '');
}
