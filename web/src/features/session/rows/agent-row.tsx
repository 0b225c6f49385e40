import remend from 'remend';
import { blocksOf } from '../../../state/markdown-blocks.ts';
import type { RowOf } from '../../../state/rows.ts';
import { Markdown } from '../../../ui/markdown.tsx';

/**
 * What the agent said: as markdown, or as it came when it is the output of a command. It is read in parts, as even a
 * finished row may grow. While it is being said, marks that are still open are closed, so that the text does not change
 * its form with every word.
 */
export function AgentRow({ row }: { readonly row: RowOf<'agent'> }) {
  if (row.plain) return <pre className="font-mono text-[0.8125rem] break-words whitespace-pre-wrap">{row.text}</pre>;
  const live = row.live === true;
  const blocks = blocksOf(row.text);
  return (
    <div data-live={live ? '' : undefined} className="flex flex-col gap-[0.65em]">
      {blocks.map((block, at) => (
        <Markdown key={at} text={live && at === blocks.length - 1 ? remend(block, CLOSING) : block} />
      ))}
    </div>
  );
}

/** A link that is not finished is its text; formulas are not drawn, so their marks stay. */
const CLOSING = { linkMode: 'text-only', katex: false } as const;
