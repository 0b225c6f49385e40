import type { LogPlace, RunnerId } from '@treeline/shared';
import { useEffect, useState } from 'react';
import { logLineOf, type LogLine } from '../../state/log-line.ts';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { problemOf, type Problem } from '../use-action.ts';
import { LogLines } from './log-lines.tsx';

const LOOK_MS = 1500;
const KEPT = 1000;
const FIRST = 200;

/** The daemon's log as it grows, while it is in sight. */
export function RunnerLog({ id }: { readonly id: RunnerId }) {
  const relay = useRelay();
  const [lines, setLines] = useState<readonly LogLine[]>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let after: LogPlace | undefined;
    const look = async () => {
      try {
        if (document.visibilityState === 'visible') {
          const answer = await relay.orderRunner(id, { do: 'logs', lines: FIRST, after });
          if (over || answer.do !== 'logs') return;
          const begins = after === undefined;
          after = answer.next;
          setLines((known) => [...(begins ? [] : (known ?? [])), ...answer.lines.map(logLineOf)].slice(-KEPT));
          setProblem(undefined);
        }
      } catch (error) {
        if (!over) setProblem(problemOf(error));
      }
      if (!over) timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [relay, id]);
  return (
    <div className="flex flex-col gap-3">
      <ProblemNote problem={problem} />
      {lines?.length === 0 && <p className="text-muted">Nothing is in its log yet.</p>}
      {lines !== undefined && lines.length > 0 && <LogLines lines={lines} />}
    </div>
  );
}
