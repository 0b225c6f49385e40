import type { RunnerView } from '@treeline/shared';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { healthText } from '../../state/health-text.ts';
import { Card } from '../../ui/card.tsx';
import { useWorld } from '../relay-context.ts';
import { RunnerActions } from './runner-actions.tsx';
import { AgentList } from './agent-list.tsx';
import { CopyWarning } from './copy-warning.tsx';
import { RunnerNews } from './runner-news.tsx';
import { RunnerState } from './runner-state.tsx';
import { VersionLine } from './version-line.tsx';

export function RunnerCard({ runner }: { readonly runner: RunnerView }) {
  const { id, profile, presence, health, sessions, copy } = runner;
  const relay = useWorld((world) => world.me?.version);
  const labels = Object.entries(profile.labels);
  return (
    <Card aria-label={profile.name} className="flex h-full flex-col gap-3">
      <header className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="font-semibold break-words">
            <Link
              href={paths.runner(id)}
              className="inline-flex min-h-11 items-center underline-offset-2 hover:underline"
            >
              {profile.name}
            </Link>
          </h2>
          <VersionLine profile={profile} relay={relay} />
        </div>
        <RunnerState presence={presence} health={health} />
      </header>
      <p>
        <span className="font-medium">{sessions}</span> of {profile.capacity} sessions
      </p>
      <RunnerNews presence={presence} health={health} />
      <CopyWarning copy={copy} />
      {health !== undefined && presence.state === 'online' && (
        <p className="text-[0.875rem] text-muted">{healthText(health)}</p>
      )}
      <AgentList agents={profile.agents} />
      {labels.length > 0 && (
        <p className="text-[0.8125rem] text-muted">{labels.map(([key, value]) => `${key}=${value}`).join(' · ')}</p>
      )}
      <div className="mt-auto">
        <RunnerActions runner={runner} />
      </div>
    </Card>
  );
}
