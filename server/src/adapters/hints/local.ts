/** Hints within one relay: each listener is called at once. */
import type { Hint, Hints } from '../../ports/hints.ts';

/** `onError` hears what a listener throws, since whoever emits a hint must not. */
export function localHints(onError: (error: unknown) => void): Hints {
  const listeners = new Set<(hint: Hint) => void>();
  return {
    emit(hint) {
      for (const listener of listeners) {
        try {
          listener(hint);
        } catch (error) {
          onError(error);
        }
      }
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    follow: () => Promise.resolve(),
    unfollow: () => undefined,
  };
}
