/** The transcript of the session on the screen, followed while it is there. */
import type { SessionId } from '@treeline/shared';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Followed } from '../../../relay/follower.ts';
import { withLive } from '../../../state/live.ts';
import { shownRows } from '../../../state/transcript.ts';
import type { Row } from '../../../state/rows.ts';
import { useFeed } from '../../relay-context.ts';

export interface ShownTranscript extends Followed {
  /** Finished ones, and behind them what is being said. */
  readonly rows: readonly Row[];
  readonly loadEarlier: () => void;
  readonly retry: () => void;
}

export function useTranscript(id: SessionId): ShownTranscript {
  const feed = useFeed();
  const follower = useMemo(() => feed.follower(id), [feed, id]);
  useEffect(() => feed.follow(follower), [feed, follower]);
  const followed = useStore(follower.store);
  const { transcript } = followed;
  const finished = useMemo(() => shownRows(transcript.rows), [transcript.rows]);
  const rows = useMemo(() => withLive(finished, transcript), [finished, transcript]);
  return {
    ...followed,
    rows,
    loadEarlier: () => void follower.loadEarlier().catch(() => undefined),
    retry: () => void follower.attach(),
  };
}
