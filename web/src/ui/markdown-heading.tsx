import type { ReactNode } from 'react';

/** Looks like a heading, and is none to a screen reader. */
export function MarkdownHeading({ children }: { readonly children?: ReactNode }) {
  return (
    <p dir="auto" className="text-[1.0625rem] font-semibold">
      {children}
    </p>
  );
}
