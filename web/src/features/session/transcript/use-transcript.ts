/** What a followed log shows. Whoever uses it is drawn anew with each change of the log: it is used as deep in the page as can be. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Followed, Follower } from '../../../relay/follower.ts';
import { withLive } from '../../../state/live.ts';
import { shownRows } from '../../../state/transcript.ts';
import type { Row } from '../../../state/rows.ts';

export interface ShownTranscript extends Followed {
  /** Finished ones, and behind them what is being said. */
  readonly rows: readonly Row[];
}

export function useTranscript(follower: Follower): ShownTranscript {
  const followed = useStore(follower.store);
  const { transcript } = followed;
  const finished = useMemo(() => shownRows(transcript.rows), [transcript.rows]);
  const rows = useMemo(() => withLive(finished, transcript), [finished, transcript]);
  return { ...followed, rows };
}
