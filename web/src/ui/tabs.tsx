import { useRef, type KeyboardEvent } from 'react';
import { classes } from './classes.ts';

interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly text: string }[];
  readonly selected: T;
  readonly onSelect: (id: T) => void;
  /** Id of the panel; each tab's own id is `<panel>-tab-<id>`. */
  readonly panel: string;
}

export function Tabs<T extends string>({ label, tabs, selected, onSelect, panel }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = tabs.findIndex(({ id }) => id === selected);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onSelect(next.id);
    list.current?.querySelector<HTMLElement>(`#${panel}-tab-${next.id}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={label} className="flex flex-wrap">
      {tabs.map(({ id, text }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`${panel}-tab-${id}`}
          aria-selected={id === selected}
          aria-controls={panel}
          tabIndex={id === selected ? 0 : -1}
          onKeyDown={move}
          onClick={() => onSelect(id)}
          className={classes(
            'min-h-11 min-w-0 border-b-2 px-2 font-medium min-[22rem]:px-4 -outline-offset-2!',
            id === selected ? 'border-accent text-text' : 'border-transparent text-muted hover:text-text',
          )}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
