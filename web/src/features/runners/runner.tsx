import type { RunnerId } from '@treeline/shared';
import { Link } from 'wouter';
import { paths, type RunnerTab } from '../../paths.ts';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Page } from '../page.tsx';
import { useWorld } from '../relay-context.ts';
import { RunnerDoctor } from './runner-doctor.tsx';
import { RunnerLog } from './runner-log.tsx';
import { RunnerOverview } from './runner-overview.tsx';
import { RunnerSessions } from './runner-sessions.tsx';
import { RunnerState } from './runner-state.tsx';
import { WhileOnline } from './while-online.tsx';

const TABS = [
  { id: 'overview', text: 'Overview' },
  { id: 'sessions', text: 'Sessions' },
  { id: 'log', text: 'Log' },
  { id: 'doctor', text: 'Doctor' },
] as const;
const PANEL = 'runner-panel';

interface RunnerProps {
  readonly id: RunnerId;
  readonly tab: RunnerTab;
  readonly go: (path: string) => void;
}

/** One machine: how it is, what runs there, what it logs. */
export function Runner({ id, tab, go }: RunnerProps) {
  const loaded = useWorld((world) => world.loaded);
  const runner = useWorld((world) => world.runners.get(id));
  if (runner === undefined) {
    return (
      <Page title="Runner" narrow>
        {loaded ? (
          <Empty title="There is no such runner" action={<Link href={paths.runners}>All runners</Link>}>
            It was removed, or its address is mistyped.
          </Empty>
        ) : (
          <Skeleton rows={2} height={10} />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={runner.profile.name}
      narrow
      actions={<RunnerState presence={runner.presence} health={runner.health} />}
    >
      <div className="mb-4 border-b border-line">
        <Tabs
          label="Views of this runner"
          tabs={TABS}
          selected={tab}
          panel={PANEL}
          onSelect={(chosen) => go(paths.runner(id, chosen))}
        />
      </div>
      <div id={PANEL} role="tabpanel" aria-labelledby={`${PANEL}-tab-${tab}`}>
        {tab === 'overview' && <RunnerOverview runner={runner} onRemoved={() => go(paths.runners)} />}
        {tab === 'sessions' && <RunnerSessions of={runner} />}
        {tab === 'log' && <WhileOnline runner={runner}>{<RunnerLog id={runner.id} />}</WhileOnline>}
        {tab === 'doctor' && <WhileOnline runner={runner}>{<RunnerDoctor id={runner.id} />}</WhileOnline>}
      </div>
    </Page>
  );
}
