import type { ReactNode } from 'react';

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** The same by the command line. */
  readonly command?: string;
  readonly action?: ReactNode;
}

export function Empty({ title, children, command, action }: EmptyProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-14 text-center">
      <p className="text-lg font-semibold">{title}</p>
      {children !== undefined && <div className="text-muted">{children}</div>}
      {action}
      {command !== undefined && (
        <code className="rounded-md bg-sunken px-2 py-1 font-mono text-[0.8125rem] text-muted">{command}</code>
      )}
    </div>
  );
}
