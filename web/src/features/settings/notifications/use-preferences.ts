/** How this person is told, as it is shown and changed. */
import type { NotificationsView, NotifyPreferences } from '@treeline/shared';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useRelay } from '../../relay-context.ts';
import { useAction, type Problem } from '../../use-action.ts';

export interface Preferences {
  /** Undefined until the relay has answered. */
  readonly view: NotificationsView | undefined;
  readonly problem: Problem | undefined;
  readonly reload: () => void;
  readonly setView: (view: NotificationsView) => void;
  /** Shown at once, and taken back when the relay refuses. */
  readonly change: (part: Partial<NotifyPreferences>) => void;
}

/** Changes are sent one after the other; an answer to one that is not the newest would show the ones after it as undone. */
export function usePreferences(): Preferences {
  const { pushes } = useRelay();
  const [view, setView] = useState<NotificationsView>();
  const load = useAction(useCallback(async () => setView(await pushes.view()), [pushes]));
  const { run: reload } = load;
  useEffect(() => void reload(), [reload]);
  const newest = useRef<NotifyPreferences>(undefined);
  const sending = useRef<Promise<unknown>>(Promise.resolve());
  const save = useAction(
    useCallback(
      async (preferences: NotifyPreferences) => {
        newest.current = preferences;
        setView((before) => (before === undefined ? before : { ...before, preferences }));
        const sent = sending.current.then(() => pushes.setPreferences(preferences));
        sending.current = sent.catch(() => undefined);
        try {
          const after = await sent;
          if (newest.current === preferences) setView(after);
        } catch (error) {
          if (newest.current === preferences) await reload();
          throw error;
        }
      },
      [pushes, reload],
    ),
  );
  return {
    view,
    problem: load.problem ?? save.problem,
    reload: () => void reload(),
    setView,
    change: (part) => {
      if (view !== undefined) void save.run({ ...view.preferences, ...part });
    },
  };
}
