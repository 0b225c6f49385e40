import type { RunnerView } from '@treeline/shared';
import { Pill } from '../../ui/pill.tsx';

/** Whether it is there, and whether it takes sessions. */
export function RunnerState({ presence, health }: Pick<RunnerView, 'presence' | 'health'>) {
  if (presence.state === 'new') return <Pill glyph="◌" text="not connected yet" tone="waiting" />;
  if (presence.state === 'offline') return <Pill glyph="○" text="offline" tone="bad" />;
  if (health?.paused !== undefined) return <Pill glyph="‖" text="paused" tone="waiting" />;
  if (health?.refuses !== undefined) return <Pill glyph="!" text="refuses sessions" tone="attention" />;
  return <Pill glyph="●" text="online" tone="good" />;
}
