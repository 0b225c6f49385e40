import { useCallback, useEffect, useRef, type RefObject } from 'react';

/** A wheel or a finger goes on moving the view for a moment. */
const MOVES_ON_MS = 600;

export interface Hand {
  /** Whether somebody moves the view right now, by wheel, finger, key or scroll bar; else it moves by itself. */
  readonly moves: () => boolean;
  /** What it did last counts no longer. */
  readonly letGo: () => void;
}

/** A person's hand on the view of this element. */
export function useHand(element: RefObject<HTMLElement | null>): Hand {
  const hand = useRef({ at: -Infinity, held: false });
  useEffect(() => {
    const target = element.current;
    const ended = new AbortController();
    const { signal } = ended;
    const touch = () => {
      hand.current.at = performance.now();
    };
    const hold = (held: boolean) => () => {
      hand.current.held = held;
      touch();
    };
    target?.addEventListener('wheel', touch, { signal, passive: true });
    target?.addEventListener('touchmove', touch, { signal, passive: true });
    target?.addEventListener('keydown', touch, { signal });
    target?.addEventListener('pointerdown', hold(true), { signal });
    addEventListener('pointerup', hold(false), { signal });
    addEventListener('pointercancel', hold(false), { signal });
    return () => ended.abort();
  }, [element]);
  const moves = useCallback(() => hand.current.held || performance.now() - hand.current.at < MOVES_ON_MS, []);
  const letGo = useCallback(() => {
    hand.current.at = -Infinity;
  }, []);
  return { moves, letGo };
}
