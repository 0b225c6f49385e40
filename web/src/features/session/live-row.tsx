import type { LiveText } from '../../state/rows.ts';
import { Markdown } from '../../ui/markdown.tsx';
import { ThoughtRow } from './rows/thought-row.tsx';

/** What the agent is saying right now. It is not read aloud before it is finished. */
export function LiveRow({ live }: { readonly live: LiveText }) {
  if (live.kind === 'thought') return <ThoughtRow text={live.text} live />;
  return (
    <div className="pb-3" data-live="">
      <Markdown text={live.text} />
    </div>
  );
}
