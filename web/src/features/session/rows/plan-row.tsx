import type { RowOf } from '../../../state/rows.ts';

const GLYPHS: Readonly<Record<string, { glyph: string; text: string }>> = {
  completed: { glyph: '✓', text: 'done' },
  in_progress: { glyph: '▶', text: 'now' },
  pending: { glyph: '○', text: 'to do' },
};

/** The agent's own list of what it means to do. */
export function PlanRow({ row }: { readonly row: RowOf<'plan'> }) {
  return (
    <div className="rounded-lg border border-line bg-surface p-3">
      <p className="mb-1 text-[0.8125rem] font-medium text-muted">To do</p>
      <ol className="flex flex-col gap-1">
        {row.entries.map(({ text, status }, at) => {
          const word = GLYPHS[status] ?? { glyph: '○', text: status };
          return (
            <li key={at} className="flex gap-2">
              <span aria-hidden="true" className="w-4 shrink-0 text-center text-muted">
                {word.glyph}
              </span>
              <span className="sr-only">{word.text}: </span>
              <span dir="auto" className="min-w-0 break-words">
                {text}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
