/**
 * Log frames on each session's own channel: the script that appends a frame publishes it, so whoever hears it knows that
 * it is stored. A message is `<id> <epoch> <first> <last> <kind>\n<body>`; write_frame in scripts/log.ts makes it.
 */
import type { Frame, FrameId, SessionId } from '@treeline/shared';

export interface FrameChannels {
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

/**
 * What a relay hears on a channel, what it has stored itself included: it may have given up waiting for the answer of a
 * call that Redis carried out after all.
 */
export function readPublished(channel: string, message: string): Published {
  const [ns, session] = channel.split(':').slice(3) as [string, SessionId];
  const end = message.indexOf('\n');
  const [id = '', epoch = '', first = '', last = '', kind = ''] = message.slice(0, end).split(' ');
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
