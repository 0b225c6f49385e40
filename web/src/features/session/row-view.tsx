import { memo } from 'react';
import { Markdown } from '../../ui/markdown.tsx';
import type { Row } from '../../state/rows.ts';
import { EndedRow } from './rows/ended-row.tsx';
import { NoteRow } from './rows/note-row.tsx';
import { PlanRow } from './rows/plan-row.tsx';
import { AskedRow } from './rows/asked-row.tsx';
import { ChildRow } from './rows/child-row.tsx';
import { DecisionRow } from './rows/decision-row.tsx';
import { ThoughtRow } from './rows/thought-row.tsx';
import { ToolRow } from './rows/tool-row.tsx';
import { UserRow } from './rows/user-row.tsx';

/** One row of a transcript. */
export const RowView = memo(function RowView({ row }: { readonly row: Row }) {
  switch (row.kind) {
    case 'user':
      return <UserRow row={row} />;
    case 'agent':
      return row.plain ? (
        <pre className="font-mono text-[0.8125rem] break-words whitespace-pre-wrap">{row.text}</pre>
      ) : (
        <Markdown text={row.text} />
      );
    case 'thought':
      return <ThoughtRow text={row.text} />;
    case 'tool':
      return <ToolRow row={row} />;
    case 'plan':
      return <PlanRow row={row} />;
    case 'notice':
      return <NoteRow level={row.level}>{row.text}</NoteRow>;
    case 'asked':
      return <AskedRow row={row} />;
    case 'answered':
    case 'escalated':
    case 'told':
      return <DecisionRow row={row} />;
    case 'spawned':
      return <ChildRow row={row} />;
    case 'asleep':
      return <NoteRow level="info">Asleep: it goes on when something comes in.</NoteRow>;
    case 'ended':
      return <EndedRow row={row} />;
  }
});
