import type { ReactNode } from 'react';

/** Lines in a frame; each child is a `<li>`. */
export function List({ label, children }: { readonly label?: string; readonly children: ReactNode }) {
  return (
    <ul aria-label={label} className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface">
      {children}
    </ul>
  );
}
