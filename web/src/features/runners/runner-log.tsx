import type { LogPlace, RunnerId } from '@treeline/shared';
import { useEffect, useRef, useState } from 'react';
import { fullText } from '../../state/time.ts';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { problemOf, type Problem } from '../use-action.ts';

const LOOK_MS = 1500;
const KEPT = 1000;
const FIRST = 200;

interface Line {
  readonly at: number | undefined;
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** The daemon's log as it grows, while it is in sight. */
export function RunnerLog({ id }: { readonly id: RunnerId }) {
  const relay = useRelay();
  const [lines, setLines] = useState<readonly Line[]>();
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
          setLines((known) => [...(begins ? [] : (known ?? [])), ...answer.lines.map(lineOf)].slice(-KEPT));
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
      {lines !== undefined && lines.length > 0 && <Lines lines={lines} />}
    </div>
  );
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  return (
    <div
      ref={box}
      role="log"
      aria-label="Log of the runner"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
      className="max-h-[65dvh] overflow-auto rounded-xl border border-line bg-sunken p-3 font-mono text-[0.8125rem]"
    >
      {lines.map(({ at, level, text }, index) => (
        <p key={`${index}-${at}`} className="py-0.5 break-words whitespace-pre-wrap">
          {at !== undefined && <span className="text-muted">{fullText(at)} </span>}
          {level !== 'info' && <span className={level === 'error' ? 'text-bad' : 'text-attention'}>{level} </span>}
          {text}
        </p>
      ))}
    </div>
  );
}

const ERROR = 50;
const WARN = 40;

/** A record of the daemon's log; a line that is none is shown as it is. */
function lineOf(line: string): Line {
  try {
    const { time, level, msg, pid: _pid, err, ...others } = JSON.parse(line) as Record<string, unknown>;
    const more = Object.entries(others).map(
      ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    const why = typeof err === 'object' && err !== null && 'message' in err ? [String(err.message)] : [];
    return {
      at: typeof time === 'number' ? time : undefined,
      level: Number(level) >= ERROR ? 'error' : Number(level) >= WARN ? 'warn' : 'info',
      text: [String(msg), ...why, ...more].join('  '),
    };
  } catch {
    return { at: undefined, level: 'info', text: line };
  }
}
