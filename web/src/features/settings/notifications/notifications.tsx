import type { NotificationsView, NotifyPreferences } from '@treeline/shared';
import { useCallback, useEffect, useState } from 'react';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { Page } from '../../page.tsx';
import { Part } from '../../part.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { Devices } from './devices.tsx';
import { Matrix } from './matrix.tsx';
import { PrivacyChoice } from './privacy-choice.tsx';
import { Quiet } from './quiet.tsx';
import { ThisDevice } from './this-device.tsx';
import { Timing } from './timing.tsx';
import { TopicForm } from './topic-form.tsx';

/** How this person is told, and where. */
export function Notifications() {
  const { pushes } = useRelay();
  const [view, setView] = useState<NotificationsView>();
  const load = useAction(useCallback(async () => setView(await pushes.view()), [pushes]));
  const { run: reload } = load;
  useEffect(() => void reload(), [reload]);
  const save = useAction(
    useCallback(
      async (preferences: NotifyPreferences) => {
        setView((before) => (before === undefined ? before : { ...before, preferences }));
        try {
          setView(await pushes.setPreferences(preferences));
        } catch (error) {
          await reload();
          throw error;
        }
      },
      [pushes, reload],
    ),
  );
  const change = (part: Partial<NotifyPreferences>) => {
    if (view !== undefined) void save.run({ ...view.preferences, ...part });
  };
  return (
    <Page title="Notifications" narrow>
      <div className="flex flex-col gap-8">
        <ProblemNote problem={load.problem ?? save.problem} onRetry={() => void reload()} />
        {view === undefined && load.problem === undefined && <Skeleton rows={5} height={5} />}
        {view !== undefined && (
          <>
            <Part title="This device">
              <ThisDevice view={view} onChanged={() => void reload()} />
            </Part>
            <Part title="What you hear of">
              <Matrix preferences={view.preferences} hasTopic={view.topic !== null} onChange={change} />
              <Timing preferences={view.preferences} onChange={change} />
            </Part>
            <Part title="Quiet hours">
              <Quiet quiet={view.preferences.quiet} onChange={(quiet) => change({ quiet })} />
            </Part>
            <Part title="What it says">
              <PrivacyChoice preferences={view.preferences} onChange={change} />
            </Part>
            <Part title="ntfy topic">
              <TopicForm topic={view.topic} onChanged={setView} />
            </Part>
            <Part title="Your devices">
              <Devices view={view} onChanged={() => void reload()} />
            </Part>
          </>
        )}
      </div>
    </Page>
  );
}
