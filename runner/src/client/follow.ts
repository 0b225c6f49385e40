/** Following one session: everything after a position, whole and in order, through any number of reconnects. */
import {
  comparePositions,
  type Frame,
  formatPosition,
  lastSeq,
  LIMITS,
  type Position,
  type SessionId,
  type SessionUpdate,
  type SessionView,
} from '@treeline/shared';
import type { Client } from './client.ts';
import { openViewer, type Viewer } from './viewer.ts';

export interface FollowOptions {
  readonly relay: { readonly url: string; readonly key: string | undefined };
  /** Fetches what is more than one page behind. */
  readonly client: Client;
  readonly session: SessionId;
  /** Begin after this; without it, with the last `tail` frames. */
  readonly after?: Position | undefined;
  readonly tail?: number | undefined;
  /** Each stored frame, once. */
  readonly frame: (frame: Frame) => void;
  /** Before the frames that come next entries are missing: up to this one they were removed for their age. */
  readonly removed?: (upTo: Position) => void;
  /** Unfinished output; the same text comes again, whole, in a frame. */
  readonly delta?: (updates: readonly SessionUpdate[]) => void;
  readonly changed?: (session: SessionView) => void;
  /** The link went (false) or came back (true). */
  readonly link?: (up: boolean) => void;
}

const TAIL_FRAMES = 100;

/** Resolves when what is stored has been delivered; the rest follows until the viewer is closed. */
export async function followSession(options: FollowOptions): Promise<Viewer> {
  const { session } = options;
  let cursor = options.after;
  /** Frames that came while the snapshot was on its way; undefined between snapshots. */
  let early: Frame[] | undefined;

  const take = (frame: Frame) => {
    const last = { epoch: frame.epoch, seq: lastSeq(frame) };
    if (cursor !== undefined && comparePositions(last, cursor) <= 0) return;
    cursor = last;
    options.frame(frame);
  };
  const attach = async (viewer: Viewer) => {
    early = [];
    const from = cursor === undefined ? { tail: options.tail ?? TAIL_FRAMES } : { after: cursor };
    const snapshot = await viewer.request('attach', { session, ...from });
    if (snapshot.resync && cursor !== undefined) {
      for await (const frame of framesAfter(options.client, session, cursor, options.removed)) take(frame);
      // The store went back behind what was shown: its log is the truth now.
      if (comparePositions(snapshot.cursor, cursor) < 0) cursor = undefined;
    } else if (snapshot.removed !== undefined) options.removed?.(snapshot.removed);
    snapshot.frames.forEach(take);
    early.forEach(take);
    early = undefined;
    options.changed?.(snapshot.session);
  };
  const viewer = await openViewer(options.relay, {
    connected: async (link) => {
      options.link?.(true);
      await attach(link);
    },
    disconnected: () => options.link?.(false),
    log: ({ frames }) => {
      const ours = frames.filter((frame) => frame.session === session);
      if (early === undefined) ours.forEach(take);
      else early.push(...ours);
    },
    delta: (payload) => {
      if (payload.session === session && early === undefined) options.delta?.(payload.updates);
    },
    session: (payload) => {
      if (payload.session.id === session) options.changed?.(payload.session);
    },
    resync: (payload, link) => {
      if (payload.session === session) attach(link).catch((error: unknown) => link.recover(error));
    },
  });
  return viewer;
}

/** The stored frames of a log after a position, oldest first. `removed` hears of entries before the next frame that are gone. */
export async function* framesAfter(
  client: Client,
  session: SessionId,
  after: Position,
  removed?: FollowOptions['removed'],
): AsyncGenerator<Frame> {
  for (let cursor = after; ;) {
    const query = { after: formatPosition(cursor), limit: LIMITS.logPageMax };
    const page = await client.readLog({ params: { id: session }, query });
    if (page.removed !== undefined) removed?.(page.removed);
    yield* page.frames;
    const last = page.frames.at(-1);
    if (last === undefined) return;
    cursor = { epoch: last.epoch, seq: lastSeq(last) };
    if (comparePositions(cursor, page.head) >= 0) return;
  }
}
