import type { ReactNode } from 'react';
import { Copy } from './copy.tsx';

interface OnceProps {
  readonly text: string;
  /** Of the button that copies it. */
  readonly label: string;
  readonly children: ReactNode;
}

/** A secret that is shown this one time. */
export function Once({ text, label, children }: OnceProps) {
  return (
    <div role="status" className="flex flex-col gap-2 rounded-lg border border-attention-edge bg-attention-soft p-3">
      <p>{children}</p>
      <Copy text={text} label={label} />
    </div>
  );
}
