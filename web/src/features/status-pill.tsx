import type { SessionView } from '@treeline/shared';
import { STATUS_WORDS } from '../state/words.ts';
import type { TreeNode } from '../state/tree.ts';
import { Pill } from '../ui/pill.tsx';

interface StatusPillProps {
  readonly status: SessionView['status'];
  /** The worst below it. */
  readonly worst?: TreeNode['worst'];
}

export function StatusPill({ status, worst }: StatusPillProps) {
  const word = STATUS_WORDS[status];
  if (worst?.status === 'needs_you') {
    const levels = worst.levels === 1 ? '1 level down' : `${worst.levels} levels down`;
    return <Pill glyph="!" text={`needs you · ${levels}`} tone="attention" />;
  }
  return (
    <Pill glyph={word.glyph} text={word.text} tone={word.tone} lively={status === 'working' || status === 'starting'} />
  );
}
