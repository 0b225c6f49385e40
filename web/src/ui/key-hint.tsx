import type { ReactNode } from 'react';

/** The key that does the same, where there is a keyboard. */
export function KeyHint({ children }: { readonly children: ReactNode }) {
  return (
    <kbd
      aria-hidden="true"
      className="hidden min-w-5 rounded border border-current px-1 font-mono text-[0.75rem] leading-4 opacity-75 pointer-fine:inline-block"
    >
      {children}
    </kbd>
  );
}
