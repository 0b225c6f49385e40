import { Trouble } from '../ui/trouble.tsx';
import type { Problem } from './use-action.ts';

interface ProblemNoteProps {
  readonly problem: Problem | undefined;
  readonly onRetry?: () => void;
}

export function ProblemNote({ problem, onRetry }: ProblemNoteProps) {
  if (problem === undefined) return null;
  return <Trouble what={problem.what} hint={problem.hint} requestId={problem.requestId} onRetry={onRetry} />;
}
