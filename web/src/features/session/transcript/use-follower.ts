/** The log of a session, followed while it is on the screen. */
import type { SessionId } from '@treeline/shared';
import { useEffect, useMemo } from 'react';
import type { Follower } from '../../../relay/follower.ts';
import { useFeed } from '../../relay-context.ts';

export function useFollower(id: SessionId): Follower {
  const feed = useFeed();
  const follower = useMemo(() => feed.follower(id), [feed, id]);
  useEffect(() => feed.follow(follower), [feed, follower]);
  return follower;
}
