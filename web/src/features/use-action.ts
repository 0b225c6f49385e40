/** Something a person does that takes a moment and may fail. */
import { useCallback, useState } from 'react';
import { Unreachable, RelayProblem } from '../relay/problem.ts';

export interface Problem {
  readonly what: string;
  readonly hint: string | undefined;
  readonly requestId: string | undefined;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof RelayProblem) return { what: error.message, hint: error.hint, requestId: error.requestId };
  if (error instanceof Unreachable) return { what: error.message, hint: error.hint, requestId: undefined };
  return { what: error instanceof Error ? error.message : String(error), hint: undefined, requestId: undefined };
}

export interface Action<A extends unknown[]> {
  readonly run: (...args: A) => Promise<void>;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly clear: () => void;
}

/** While it runs it is busy; what it rejects with is its problem, until it runs again. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = useCallback(
    async (...args: A) => {
      setBusy(true);
      setProblem(undefined);
      try {
        await act(...args);
      } catch (error) {
        setProblem(problemOf(error));
      } finally {
        setBusy(false);
      }
    },
    [act],
  );
  return { run, busy, problem, clear: () => setProblem(undefined) };
}
