import type { RunnerView } from '@treeline/shared';
import { Ago } from '../ago.tsx';

/** What the pill has no room for: since when it is gone, when it was heard of, why it takes nothing. */
export function RunnerNews({ presence, health }: Pick<RunnerView, 'presence' | 'health'>) {
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
