import type { RunnerId, RunnerView, SessionView } from '@treeline/shared';
import { Link } from 'wouter';
import { paths, type RunnerTab } from '../../paths.ts';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Ago } from '../ago.tsx';
import { Page } from '../page.tsx';
import { useWorld } from '../relay-context.ts';
import { StatusPill } from '../status-pill.tsx';
import { RunnerActions } from './runner-actions.tsx';
import { RunnerDoctor } from './runner-doctor.tsx';
import { RunnerLog } from './runner-log.tsx';
import { Agents, CopyWarning, healthText, RunnerNews, RunnerState, VersionLine } from './runner-state.tsx';

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
      <div className="mb-4 overflow-x-auto border-b border-line">
        <Tabs
          label="Views of this runner"
          tabs={TABS}
          selected={tab}
          panel={PANEL}
          onSelect={(chosen) => go(paths.runner(id, chosen))}
        />
      </div>
      <div id={PANEL} role="tabpanel" aria-labelledby={`${PANEL}-tab-${tab}`}>
        {tab === 'overview' && <Overview runner={runner} onRemoved={() => go(paths.runners)} />}
        {tab === 'sessions' && <Sessions of={runner} />}
        {tab === 'log' && <WhileOnline runner={runner}>{<RunnerLog id={runner.id} />}</WhileOnline>}
        {tab === 'doctor' && <WhileOnline runner={runner}>{<RunnerDoctor id={runner.id} />}</WhileOnline>}
      </div>
    </Page>
  );
}

function WhileOnline({ runner, children }: { readonly runner: RunnerView; readonly children: React.ReactNode }) {
  if (runner.online) return children;
  return <Empty title={`${runner.profile.name} is offline`}>It can only be asked while it is online.</Empty>;
}

function Overview({ runner, onRemoved }: { readonly runner: RunnerView; readonly onRemoved: () => void }) {
  const { id, profile, presence, health, sessions, copy, joinedAt } = runner;
  const relay = useWorld((world) => world.me?.version);
  const labels = Object.entries(profile.labels);
  const troubled = profile.agents.filter(({ problem }) => problem !== undefined);
  return (
    <Card className="flex flex-col gap-3">
      <VersionLine profile={profile} relay={relay} />
      <p>
        <span className="font-medium">{sessions}</span> of {profile.capacity} sessions
      </p>
      <RunnerNews presence={presence} health={health} />
      <CopyWarning copy={copy} />
      {health !== undefined && presence.state === 'online' && <p className="text-muted">{healthText(health)}</p>}
      <Agents agents={profile.agents} />
      {troubled.map(({ name, problem }) => (
        <p key={name} className="text-[0.875rem] text-muted">
          {name}: {problem}
        </p>
      ))}
      {labels.length > 0 && (
        <p className="text-[0.875rem] text-muted">{labels.map(([key, value]) => `${key}=${value}`).join(' · ')}</p>
      )}
      <p className="text-[0.8125rem] break-all text-muted">
        {id} · joined <Ago at={joinedAt} /> ago
      </p>
      <RunnerActions runner={runner} onRemoved={onRemoved} />
    </Card>
  );
}

function Sessions({ of }: { readonly of: RunnerView }) {
  const sessions = useWorld((world) => world.sessions);
  const here = [...sessions.values()]
    .filter(({ runnerId }) => runnerId === of.id)
    .toSorted((a, b) => Number(isOver(a)) - Number(isOver(b)) || b.createdAt - a.createdAt);
  if (here.length === 0) return <Empty title="No session has run here">Start one with this runner chosen.</Empty>;
  return (
    <ul className="flex flex-col gap-2">
      {here.map(({ id, title, status, agent, createdAt }) => (
        <li key={id}>
          <Link
            href={paths.session(id)}
            className="flex min-h-11 flex-col gap-1 rounded-xl border border-line bg-surface p-3 hover:bg-hover"
          >
            <span className="flex items-start justify-between gap-2">
              <span className="min-w-0 font-semibold break-words">{title}</span>
              <StatusPill status={status} />
            </span>
            <span className="text-[0.8125rem] text-muted">
              {agent} · begun <Ago at={createdAt} /> ago
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const isOver = ({ lifecycle }: SessionView): boolean => lifecycle.state === 'ended';
