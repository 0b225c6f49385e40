import type { SessionId } from '@treeline/shared';
import { ProblemNote } from '../problem-note.tsx';
import { RowView } from '../session/transcript/row-view.tsx';
import { useFollower } from '../session/transcript/use-follower.ts';
import { useTranscript } from '../session/transcript/use-transcript.ts';
import { problemOf } from '../use-action.ts';

const SHOWN = 12;

/** What a session did before it asked. */
export function LastEvents({ sessionId }: { readonly sessionId: SessionId }) {
  const follower = useFollower(sessionId);
  const { state, problem, rows } = useTranscript(follower);
  if (state === 'failed') return <ProblemNote problem={problemOf(problem)} onRetry={() => void follower.attach()} />;
  if (rows.length === 0) return null;
  return (
    <section aria-label="What it did last" className="flex flex-col gap-3">
      <h2 className="text-[0.875rem] font-semibold text-muted">What it did last</h2>
      {rows.slice(-SHOWN).map((row) => (
        <RowView key={row.key} sessionId={sessionId} row={row} />
      ))}
    </section>
  );
}
