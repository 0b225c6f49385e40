import type { RunnerView } from '@treeline/shared';
import { Card } from '../../ui/card.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Ago } from '../ago.tsx';

export function RunnerCard({ runner }: { readonly runner: RunnerView }) {
  const { profile, presence, health, sessions, copy } = runner;
  const labels = Object.entries(profile.labels);
  return (
    <Card aria-label={profile.name} className="flex h-full flex-col gap-3">
      <header className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="font-semibold break-words">{profile.name}</h2>
          <p className="text-[0.8125rem] text-muted">
            {profile.platform} · treeline {profile.version}
          </p>
        </div>
        {presence.state === 'online' ? (
          <Pill glyph="●" text="online" tone="good" />
        ) : presence.state === 'new' ? (
          <Pill glyph="◌" text="not connected yet" tone="waiting" />
        ) : (
          <Pill glyph="○" text="offline" tone="bad" />
        )}
      </header>
      <p>
        <span className="font-medium">{sessions}</span> of {profile.capacity} sessions
        {presence.state === 'offline' && (
          <span className="text-muted">
            {' '}
            · gone <Ago at={presence.since} />
          </span>
        )}
      </p>
      {copy !== undefined && (
        <p role="status" className="text-[0.875rem] text-bad">
          <span aria-hidden="true">✕ </span>
          Another daemon has this runner’s identity, and was refused {copy.times === 1 ? 'once' : `${copy.times} times`}
          , last <Ago at={copy.last} />. Stop one of the two; where the folder was copied to, remove it and join that
          machine by itself.
        </p>
      )}
      {health !== undefined && presence.state === 'online' && (
        <p className="text-[0.875rem] text-muted">{healthText(health)}</p>
      )}
      <ul aria-label="Agents" className="flex flex-wrap gap-1.5">
        {profile.agents.map(({ name, version, problem }) => (
          <li key={name} title={problem} className="rounded-md bg-sunken px-2 py-0.5 text-[0.8125rem]">
            {problem !== undefined && (
              <span className="text-bad">
                <span aria-hidden="true">✕ </span>
                <span className="sr-only">not ready: {problem} </span>
              </span>
            )}
            {name}
            {version !== undefined && <span className="text-muted"> {version}</span>}
          </li>
        ))}
      </ul>
      {labels.length > 0 && (
        <p className="text-[0.8125rem] text-muted">{labels.map(([key, value]) => `${key}=${value}`).join(' · ')}</p>
      )}
    </Card>
  );
}

const GB = 1024 ** 3;

function healthText({ cpu, memoryFreeBytes, diskFreeBytes, temperatureC }: NonNullable<RunnerView['health']>): string {
  const parts = [
    cpu !== undefined && `CPU ${Math.round(cpu * 100)} %`,
    memoryFreeBytes !== undefined && `${(memoryFreeBytes / GB).toFixed(1)} GB memory free`,
    diskFreeBytes !== undefined && `${Math.round(diskFreeBytes / GB)} GB disk free`,
    temperatureC !== undefined && `${Math.round(temperatureC)} °C`,
  ];
  return parts.filter(Boolean).join(' · ');
}
