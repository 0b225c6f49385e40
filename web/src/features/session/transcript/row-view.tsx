import { memo } from 'react';
import type { Row } from '../../../state/rows.ts';
import { AgentRow } from '../rows/agent-row.tsx';
import { EndedRow } from '../rows/ended-row.tsx';
import { NoteRow } from '../rows/note-row.tsx';
import { PlanRow } from '../rows/plan-row.tsx';
import { AskedRow } from '../rows/asked-row.tsx';
import { ChildRow } from '../rows/child-row.tsx';
import { DecisionRow } from '../rows/decision-row.tsx';
import { ThoughtRow } from '../rows/thought-row.tsx';
import { ToolRow } from '../rows/tool-row.tsx';
import { UserRow } from '../rows/user-row.tsx';

interface RowViewProps {
  readonly sessionId: string;
  readonly row: Row;
}

/** One row of a transcript. */
export const RowView = memo(function RowView({ sessionId, row }: RowViewProps) {
  switch (row.kind) {
    case 'user':
      return <UserRow row={row} />;
    case 'agent':
      return <AgentRow row={row} />;
    case 'thought':
      return <ThoughtRow text={row.text} live={row.live === true} />;
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
      return <EndedRow sessionId={sessionId} row={row} />;
  }
});
