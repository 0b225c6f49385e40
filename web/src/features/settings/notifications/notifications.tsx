import { Skeleton } from '../../../ui/skeleton.tsx';
import { Page } from '../../page.tsx';
import { Part } from '../../part.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { Devices } from './devices.tsx';
import { Matrix } from './matrix.tsx';
import { PrivacyChoice } from './privacy-choice.tsx';
import { Quiet } from './quiet.tsx';
import { ThisDevice } from './this-device.tsx';
import { Timing } from './timing.tsx';
import { TopicForm } from './topic-form.tsx';
import { usePreferences } from './use-preferences.ts';

/** How this person is told, and where. */
export function Notifications() {
  const { view, problem, reload, setView, change } = usePreferences();
  return (
    <Page title="Notifications" narrow>
      <div className="flex flex-col gap-8">
        <ProblemNote problem={problem} onRetry={reload} />
        {view === undefined && problem === undefined && <Skeleton rows={5} height={5} />}
        {view !== undefined && (
          <>
            <Part title="This device">
              <ThisDevice view={view} onChanged={reload} />
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
              <Devices view={view} onChanged={reload} />
            </Part>
          </>
        )}
      </div>
    </Page>
  );
}
