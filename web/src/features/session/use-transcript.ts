/** The transcript of the session on the screen, followed while it is there. */
import type { SessionId } from '@treeline/shared';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Followed, Follower } from '../../relay/follower.ts';
import { EMPTY, shownRows } from '../../state/transcript.ts';
import type { Row } from '../../state/rows.ts';
import { useRelay } from '../relay-context.ts';

/** Before the first one is followed. */
const NONE = createStore<Followed>(() => ({
  state: 'loading',
  problem: undefined,
  transcript: EMPTY,
  loadingEarlier: false,
}));

export interface ShownTranscript extends Followed {
  readonly rows: readonly Row[];
  readonly loadEarlier: () => void;
  readonly retry: () => void;
}

export function useTranscript(id: SessionId): ShownTranscript | undefined {
  const relay = useRelay();
  const [follower, setFollower] = useState<Follower>();
  useEffect(() => {
    const fresh = relay.follow(id);
    setFollower(fresh);
    return () => relay.drop(fresh);
  }, [relay, id]);
  const store = follower?.session === id ? follower : undefined;
  const followed = useStore(store?.store ?? NONE);
  const rows = useMemo(() => shownRows(followed.transcript.rows), [followed.transcript.rows]);
  if (store === undefined) return undefined;
  return {
    ...followed,
    rows,
    loadEarlier: () => void store.loadEarlier().catch(() => undefined),
    retry: () => void store.attach(),
  };
}
