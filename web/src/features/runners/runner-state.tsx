import type { RunnerView } from '@treeline/shared';
import { Pill } from '../../ui/pill.tsx';
import { Ago } from '../ago.tsx';

type Shown = Pick<RunnerView, 'presence' | 'health'>;

/** Whether it is there, and whether it takes sessions. */
export function RunnerState({ presence, health }: Shown) {
  if (presence.state === 'new') return <Pill glyph="◌" text="not connected yet" tone="waiting" />;
  if (presence.state === 'offline') return <Pill glyph="○" text="offline" tone="bad" />;
  if (health?.paused !== undefined) return <Pill glyph="‖" text="paused" tone="waiting" />;
  if (health?.refuses !== undefined) return <Pill glyph="!" text="refuses sessions" tone="attention" />;
  return <Pill glyph="●" text="online" tone="good" />;
}

/** What the pill has no room for: since when it is gone, when it was heard of, why it takes nothing. */
export function RunnerNews({ presence, health }: Shown) {
  if (presence.state === 'new') return null;
  if (presence.state === 'offline') {
    return (
      <p className="text-[0.875rem] text-muted">
        gone <Ago at={presence.since} />
      </p>
    );
  }
  return (
    <p className="text-[0.875rem] text-muted">
      heard of <Ago at={presence.lastHeartbeat} /> ago
      {health?.refuses !== undefined && <> · takes no new sessions: {health.refuses}</>}
    </p>
  );
}

const GB = 1024 ** 3;

export function healthText(health: NonNullable<RunnerView['health']>): string {
  const { cpu, memoryFreeBytes, diskFreeBytes, temperatureC, throttled } = health;
  const parts = [
    cpu !== undefined && `CPU ${Math.round(cpu * 100)} %`,
    memoryFreeBytes !== undefined && `${(memoryFreeBytes / GB).toFixed(1)} GB memory free`,
    diskFreeBytes !== undefined && `${Math.round(diskFreeBytes / GB)} GB disk free`,
    temperatureC !== undefined && `${Math.round(temperatureC)} °C`,
    throttled === true && 'throttled: too hot, or too little power',
  ];
  return parts.filter(Boolean).join(' · ');
}

interface VersionProps {
  readonly profile: RunnerView['profile'];
  /** Of the relay; undefined while it is not known. */
  readonly relay: string | undefined;
}

/** A runner of another version works as long as both speak the same protocol; somebody should still know. */
export function VersionLine({ profile, relay }: VersionProps) {
  const differs = relay !== undefined && relay !== profile.version;
  return (
    <p className="text-[0.8125rem] text-muted">
      {profile.platform} · treeline {profile.version}
      {differs && (
        <span className="text-attention">
          {' '}
          <span aria-hidden="true">! </span>the relay is {relay}
        </span>
      )}
    </p>
  );
}

export function Agents({ agents }: { readonly agents: RunnerView['profile']['agents'] }) {
  return (
    <ul aria-label="Agents" className="flex flex-wrap gap-1.5">
      {agents.map(({ name, version, problem }) => (
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
  );
}

/** Another daemon has its identity. */
export function CopyWarning({ copy }: { readonly copy: RunnerView['copy'] }) {
  if (copy === undefined) return null;
  return (
    <p role="status" className="text-[0.875rem] text-bad">
      <span aria-hidden="true">✕ </span>
      Another daemon has this runner’s identity, and was refused {copy.times === 1 ? 'once' : `${copy.times} times`},
      last <Ago at={copy.last} />. Stop one of the two; where the folder was copied to, remove it and join that machine
      by itself.
    </p>
  );
}
