/**
 * Log frames on each session's own channel: the script that appends a frame publishes it, so whoever hears it knows that
 * it is stored. A message is `<origin> <id> <epoch> <first> <last> <kind>\n<body>`; write_frame in scripts/log.ts makes it.
 */
import type { Frame, FrameId, SessionId } from '@treeline/shared';

export interface FrameChannels {
  /** Tells a relay which messages are its own. */
  readonly origin: string;
  /** Pub/sub knows no databases: only relays on the same store hear each other. */
  readonly storeId: string;
}

/** The session's id follows it. */
export function channelPrefix({ storeId }: FrameChannels, ns: string): string {
  return `treeline:${storeId}:log:${encodeURIComponent(ns)}:`;
}

export interface Published {
  readonly ns: string;
  readonly session: SessionId;
  readonly frame: Frame;
}

/** Undefined for what this relay has published itself. */
export function readPublished({ origin }: FrameChannels, channel: string, message: string): Published | undefined {
  if (message.startsWith(`${origin} `)) return undefined;
  const [ns, session] = channel.split(':').slice(3) as [string, SessionId];
  const end = message.indexOf('\n');
  const [, id = '', epoch = '', first = '', last = '', kind = ''] = message.slice(0, end).split(' ');
  const frame: Frame = {
    id: id as FrameId,
    session,
    epoch: Number(epoch),
    first: Number(first),
    count: Number(last) - Number(first) + 1,
    kind: kind as Frame['kind'],
    body: message.slice(end + 1),
  };
  return { ns: decodeURIComponent(ns), session, frame };
}
