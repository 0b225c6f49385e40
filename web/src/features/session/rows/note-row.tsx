import type { ReactNode } from 'react';
import { classes } from '../../../ui/classes.ts';

interface NoteRowProps {
  readonly level: 'info' | 'warn' | 'error';
  readonly children: ReactNode;
}

const GLYPHS = { info: 'ⓘ', warn: '⚠', error: '✕' } as const;

/** A word of the machinery: reconnected, retried, the end of stderr. */
export function NoteRow({ level, children }: NoteRowProps) {
  return (
    <p
      className={classes(
        'flex gap-2 rounded-lg px-3 py-2 text-[0.875rem]',
        level === 'info' && 'text-muted',
        level === 'warn' && 'bg-attention-soft text-attention',
        level === 'error' && 'bg-bad-soft text-bad',
      )}
    >
      <span aria-hidden="true">{GLYPHS[level]}</span>
      <span className="min-w-0 break-words whitespace-pre-wrap">{children}</span>
    </p>
  );
}
