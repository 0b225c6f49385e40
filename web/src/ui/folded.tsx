import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

interface FoldedProps {
  /** Lines in sight before it is opened. */
  readonly lines: number;
  readonly children: ReactNode;
}

const LINE_REM = 1.5;

/** The first lines of something long, and the rest at a press. */
export function Folded({ lines, children }: FoldedProps) {
  const body = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [overflows, setOverflows] = useState(false);
  useLayoutEffect(() => {
    const element = body.current;
    if (element === null || open) return;
    const measure = () => setOverflows(element.scrollHeight > element.clientHeight + 4);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [open]);
  return (
    <div>
      <div ref={body} className="overflow-hidden" style={open ? undefined : { maxHeight: `${lines * LINE_REM}rem` }}>
        {children}
      </div>
      {overflows && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="min-h-11 font-medium text-accent underline-offset-2 hover:underline"
        >
          {open ? 'Show less' : 'Show all'}
        </button>
      )}
    </div>
  );
}
