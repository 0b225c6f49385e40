import { useEffect, useRef } from 'react';
import type { LogLine } from '../../state/log-line.ts';
import { fullText } from '../../state/time.ts';

/** Follows the end, until somebody scrolls up. */
export function LogLines({ lines }: { readonly lines: readonly LogLine[] }) {
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
