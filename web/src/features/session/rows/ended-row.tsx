import { Link } from 'wouter';
import { paths } from '../../../paths.ts';
import type { RowOf } from '../../../state/rows.ts';
import { STATUS_WORDS } from '../../../state/words.ts';
import { buttonClass } from '../../../ui/button.tsx';
import { Folded } from '../../../ui/folded.tsx';
import { Markdown } from '../../../ui/markdown.tsx';
import { Pill } from '../../../ui/pill.tsx';
import { useMay } from '../../relay-context.ts';
import { OutputView } from './output-view.tsx';

interface EndedRowProps {
  readonly sessionId: string;
  readonly row: RowOf<'ended'>;
}

/** How an attempt ended, with the summary or the reason; one that failed can be started again. */
export function EndedRow({ sessionId, row }: EndedRowProps) {
  const word = STATUS_WORDS[row.outcome];
  const mayStart = useMay('start');
  const failed = row.outcome === 'failed' || row.outcome === 'lost';
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
      <div className="flex items-center gap-2">
        <Pill glyph={word.glyph} text={word.text} tone={word.tone} />
        {row.reason !== 'ok' && <span className="text-[0.875rem] text-muted">{row.reason}</span>}
      </div>
      {row.summary !== undefined && row.summary !== '' && (
        <Folded lines={20}>
          <Markdown text={row.summary} />
        </Folded>
      )}
      {row.detail !== undefined && row.detail !== '' && <OutputView label="What was said last" text={row.detail} />}
      {failed && mayStart && (
        <Link href={paths.spawnAgain(sessionId)} className={buttonClass('plain', 'self-start')}>
          Retry …
        </Link>
      )}
    </div>
  );
}
