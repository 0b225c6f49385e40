/** Keeps a view at its end while things are added to it, until somebody scrolls up. */
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { useHand } from '../../../ui/use-hand.ts';

/** Within this of the end, the view follows what comes. */
const NEAR_END_PX = 80;

interface Following {
  /** Of the element that scrolls. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly atEnd: boolean;
  /** Things added since the end was in sight. */
  readonly below: number;
  readonly onScroll: () => void;
  /** To the end, and following from there. */
  readonly toEnd: () => void;
  /** What is looked at stays where it is. */
  readonly stop: () => void;
}

interface FollowingOptions {
  /** Changes whenever something is added or grows. */
  readonly of: readonly unknown[];
  /** Opens elsewhere than at the end. */
  readonly elsewhere: boolean;
}

export function useFollowing({ of, elsewhere }: FollowingOptions): Following {
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(!elsewhere);
  const count = of.length;
  const [seen, setSeen] = useState(count);
  const [atEnd, setAtEnd] = useState(!elsewhere);
  // Things that grow move the view as well; only a hand on it ends the following.
  const { moves: byHand, letGo } = useHand(scroller);
  const scrollDown = () => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    if (following.current && element !== null) element.scrollTop = element.scrollHeight;
  }, [scroller, of]);
  useEffect(() => {
    // They grow when their text is laid out, folded or opened.
    const element = scroller.current?.firstElementChild;
    if (element === null || element === undefined) return;
    const observer = new ResizeObserver(() => {
      const view = scroller.current;
      if (following.current && view !== null) view.scrollTop = view.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  const settle = () => {
    setAtEnd(following.current);
    if (following.current) setSeen(count);
  };
  return {
    scroller,
    atEnd,
    below: atEnd ? 0 : Math.max(0, count - seen),
    onScroll: () => {
      const element = scroller.current;
      if (element === null) return;
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
      if (near) following.current = true;
      else if (byHand()) following.current = false;
      settle();
    },
    toEnd: () => {
      letGo();
      following.current = true;
      settle();
      scrollDown();
    },
    stop: () => {
      following.current = false;
      settle();
    },
  };
}
