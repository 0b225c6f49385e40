import type { RunnerView } from '@treeline/shared';
import { healthText } from '../../state/health-text.ts';
import { Card } from '../../ui/card.tsx';
import { Ago } from '../ago.tsx';
import { useWorld } from '../relay-context.ts';
import { AgentList } from './agent-list.tsx';
import { CopyWarning } from './copy-warning.tsx';
import { RunnerActions } from './runner-actions.tsx';
import { RunnerNews } from './runner-news.tsx';
import { VersionLine } from './version-line.tsx';

/** How a machine is, and what can be done with it. */
export function RunnerOverview({ runner, onRemoved }: { readonly runner: RunnerView; readonly onRemoved: () => void }) {
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
      <AgentList agents={profile.agents} />
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
