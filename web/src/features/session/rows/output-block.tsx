import type { AnsiSpan } from '../../../state/ansi.ts';
import { AnsiText } from './ansi-text.tsx';

interface OutputBlockProps {
  readonly label: string;
  readonly lines: readonly (readonly AnsiSpan[])[];
}

/** A box of terminal text that scrolls by itself. */
export function OutputBlock({ label, lines }: OutputBlockProps) {
  return (
    <pre
      tabIndex={0}
      role="group"
      aria-label={label}
      className="max-h-[28rem] overflow-auto rounded-md bg-sunken p-2 font-mono text-[0.8125rem] break-words whitespace-pre-wrap"
    >
      <AnsiText lines={lines} />
    </pre>
  );
}
