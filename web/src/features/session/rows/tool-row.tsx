import type { RowOf, ToolStatus } from '../../../state/rows.ts';
import { durationText } from '../../../state/time.ts';
import { classes } from '../../../ui/classes.ts';
import { OutputView } from './output-view.tsx';
import { ToolPartView } from './tool-part-view.tsx';

const STATUS: Readonly<Record<ToolStatus, { glyph: string; text: string; className: string }>> = {
  pending: { glyph: '◌', text: 'waiting', className: 'text-muted' },
  in_progress: { glyph: '▶', text: 'running', className: 'text-working breathing' },
  completed: { glyph: '✓', text: 'done', className: 'text-good' },
  failed: { glyph: '✕', text: 'failed', className: 'text-bad' },
};

/** A tool call in one line; what went in and came out at a press. */
export function ToolRow({ row }: { readonly row: RowOf<'tool'> }) {
  const status = STATUS[row.status];
  // A few milliseconds tell nobody anything.
  const took = row.endedAt === undefined || row.endedAt - row.at < 20 ? undefined : durationText(row.endedAt - row.at);
  const line = (
    <>
      <span aria-hidden="true" className={classes('w-4 text-center text-[0.8125rem]', status.className)}>
        {status.glyph}
      </span>
      <span className="sr-only">{status.text}: </span>
      <span className="min-w-0 flex-1 truncate font-mono text-[0.8125rem]">{row.title}</span>
      {row.toolKind !== 'other' && <span className="text-[0.8125rem] text-muted">{row.toolKind}</span>}
      {took !== undefined && <span className="text-[0.8125rem] text-muted">{took}</span>}
    </>
  );
  const className = 'flex min-h-11 items-center gap-2 px-3';
  if (row.input === undefined && row.parts.length === 0)
    return <div className={classes(className, 'rounded-lg border border-line bg-surface')}>{line}</div>;
  return (
    <details className="rounded-lg border border-line bg-surface">
      <summary className={classes(className, 'list-none rounded-lg hover:bg-hover [&::-webkit-details-marker]:hidden')}>
        {line}
      </summary>
      <div className="flex flex-col gap-2 border-t border-line p-3">
        {row.input !== undefined && <OutputView label="Input" text={row.input} />}
        {row.parts.map((part, at) => (
          <ToolPartView key={at} part={part} />
        ))}
      </div>
    </details>
  );
}
