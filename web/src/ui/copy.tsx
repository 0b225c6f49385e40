import { Check, Copy as CopyIcon } from 'lucide-react';
import { useRef, useState } from 'react';
import { copyText } from './copy-text.ts';
import { IconButton } from './icon-button.tsx';

/** A text to take away, with a button that copies it; where the page may not copy, it is selected instead. */
export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const code = useRef<HTMLElement>(null);
  const copy = async () => {
    if (await copyText(text)) {
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } else if (code.current !== null) {
      // The person copies what is selected.
      getSelection()?.selectAllChildren(code.current);
    }
  };
  return (
    <div className="flex items-center gap-1 rounded-lg border border-line bg-sunken pl-3">
      <code ref={code} className="min-w-0 flex-1 py-2 font-mono text-[0.8125rem] break-all">
        {text}
      </code>
      <IconButton
        label={copied ? 'Copied' : label}
        icon={copied ? <Check aria-hidden="true" size={18} /> : <CopyIcon aria-hidden="true" size={18} />}
        onClick={() => void copy()}
      />
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </div>
  );
}
