import { ChevronDown, ChevronRight } from 'lucide-react';

/** For the mouse and the finger; the keyboard has the arrows. */
export function Twisty({ open, onToggle }: { readonly open: boolean | undefined; readonly onToggle: () => void }) {
  if (open === undefined) return <span className="w-8 shrink-0" aria-hidden="true" />;
  const Icon = open ? ChevronDown : ChevronRight;
  return (
    <span
      aria-hidden="true"
      className="flex h-11 w-8 shrink-0 items-center justify-center text-muted"
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <Icon size={18} />
    </span>
  );
}
