import type { RunnerView } from '@treeline/shared';
import { isOld } from '../../state/world.ts';
import { Pill } from '../../ui/pill.tsx';
import { useWorld } from '../relay-context.ts';

type RunnerStateProps = Pick<RunnerView, 'presence' | 'health'>;

/** Whether it is there, and whether it takes sessions; while the relay is away, what it was when that was heard last. */
export function RunnerState({ presence, health }: RunnerStateProps) {
  const old = useWorld(isOld);
  if (presence.state === 'new') return <Pill glyph="◌" text="not connected yet" tone="waiting" />;
  const { text, ...pill } = pillOf({ presence, health });
  return old ? <Pill glyph="◌" text={PAST[text]} tone="quiet" /> : <Pill {...pill} text={text} />;
}

function pillOf({ presence, health }: RunnerStateProps) {
  if (presence.state === 'offline') return { glyph: '○', text: 'offline', tone: 'bad' } as const;
  if (health?.paused !== undefined) return { glyph: '‖', text: 'paused', tone: 'waiting' } as const;
  if (health?.refuses !== undefined) return { glyph: '!', text: 'refuses sessions', tone: 'attention' } as const;
  return { glyph: '●', text: 'online', tone: 'good' } as const;
}

const PAST = {
  offline: 'was offline',
  paused: 'was paused',
  'refuses sessions': 'refused sessions',
  online: 'was online',
} as const;
