import type { ToolPart } from '../../../state/rows.ts';
import { DiffView } from './diff-view.tsx';
import { OutputView } from './output-view.tsx';

/** What came out of a tool: a change of a file, or text. */
export function ToolPartView({ part }: { readonly part: ToolPart }) {
  if (part.type === 'diff') return <DiffView path={part.path ?? ''} before={part.before ?? ''} after={part.text} />;
  return <OutputView label="Output" text={part.text} />;
}
