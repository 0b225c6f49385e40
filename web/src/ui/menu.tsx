import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { classes } from './classes.ts';
import { IconButton } from './icon-button.tsx';

export interface MenuItem {
  readonly text: string;
  readonly onChoose: () => void;
  /** Something that cannot be taken back. */
  readonly danger?: boolean;
}

interface MenuProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly items: readonly MenuItem[];
  readonly className?: string;
}

const EDGE_PX = 8;

/** A button with a list of things to do. The browser closes it by Escape and by a press beside it; arrows walk. */
export function Menu({ label, icon, items, className }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const place = () => {
    const from = button.current?.getBoundingClientRect();
    const element = list.current;
    if (from === undefined || element === null) return;
    const { offsetWidth: width, offsetHeight: height } = element;
    const below = from.bottom + height + EDGE_PX < innerHeight;
    element.style.top = `${Math.max(EDGE_PX, below ? from.bottom : from.top - height)}px`;
    element.style.left = `${Math.max(EDGE_PX, Math.min(from.right - width, innerWidth - width - EDGE_PX))}px`;
    element.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  };
  const keys = (event: KeyboardEvent<HTMLDivElement>) => {
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
    const at = all.findIndex((item) => item === document.activeElement);
    const to: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  };
  return (
    <>
      <IconButton
        ref={button}
        label={label}
        icon={icon}
        aria-haspopup="menu"
        aria-expanded={open}
        popoverTarget={id}
        className={className}
      />
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onToggle={(event) => {
          setOpen(event.newState === 'open');
          if (event.newState === 'open') place();
        }}
        onKeyDown={keys}
        className="fixed inset-auto m-0 min-w-52 rounded-xl border border-line bg-surface p-1 text-text shadow-lg"
      >
        {items.map(({ text, onChoose, danger = false }) => (
          <button
            key={text}
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              list.current?.hidePopover();
              onChoose();
            }}
            className={classes(
              'flex min-h-11 w-full items-center rounded-lg px-3 text-left hover:bg-hover focus:bg-hover -outline-offset-2!',
              danger && 'text-bad',
            )}
          >
            {text}
          </button>
        ))}
      </div>
    </>
  );
}
