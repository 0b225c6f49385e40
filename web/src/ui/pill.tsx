import { classes } from './classes.ts';

export type PillTone = 'attention' | 'working' | 'waiting' | 'good' | 'bad' | 'quiet';

interface PillProps {
  readonly glyph: string;
  readonly text: string;
  readonly tone: PillTone;
  /** Something goes on right now. */
  readonly lively?: boolean;
}

const TONES: Readonly<Record<PillTone, string>> = {
  attention: 'bg-attention-soft text-attention border-attention-edge',
  working: 'bg-working-soft text-working border-transparent',
  waiting: 'bg-waiting-soft text-waiting border-transparent',
  good: 'bg-good-soft text-good border-transparent',
  bad: 'bg-bad-soft text-bad border-transparent',
  quiet: 'bg-sunken text-muted border-transparent',
};

/** A state in three ways: glyph, colour and word. */
export function Pill({ glyph, text, tone, lively = false }: PillProps) {
  return (
    <span
      className={classes(
        'inline-flex shrink-0 items-center gap-1 rounded-full border px-2 py-0.5 text-[0.8125rem] leading-tight font-medium whitespace-nowrap',
        TONES[tone],
      )}
    >
      <span aria-hidden="true" className={classes('text-[0.6875rem]', lively && 'breathing')}>
        {glyph}
      </span>
      {text}
    </span>
  );
}
