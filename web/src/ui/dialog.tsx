import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { classes } from './classes.ts';
import { IconButton } from './icon-button.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** A form is a sheet from below on a phone. */
  readonly shape?: 'sheet' | 'box';
}

/** A modal; the control with `data-autofocus` has the focus first. The browser keeps the focus inside and gives it back to whoever opened it. */
export function Dialog({ title, onClose, children, shape = 'box' }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // The browser would begin at the button that closes it.
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={classes(
        'rising w-full border border-line bg-surface p-0 backdrop:bg-black/45',
        shape === 'sheet'
          ? 'max-h-[92dvh] max-w-none rounded-t-2xl max-sm:mb-0 sm:max-w-xl sm:rounded-2xl'
          : 'max-h-[92dvh] max-w-[min(30rem,calc(100vw-2rem))] rounded-2xl',
      )}
    >
      <header className="sticky top-0 z-10 flex items-center justify-between gap-2 bg-surface pt-2 pr-2 pl-5">
        <h2 className="text-lg font-semibold">{title}</h2>
        <IconButton label="Close" icon={<X aria-hidden="true" size={20} />} onClick={onClose} />
      </header>
      <div className="px-5 pt-1 pb-[calc(1.25rem+env(safe-area-inset-bottom))]">{children}</div>
    </dialog>
  );
}
