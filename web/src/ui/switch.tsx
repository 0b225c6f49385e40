import { useId } from 'react';
import { classes } from './classes.ts';

interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly busy?: boolean;
  readonly onChange: (on: boolean) => void;
}

/** On or off, in effect at once. */
export function Switch({ label, hint, on, busy = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex items-center justify-between gap-4">
      <div className="min-w-0">
        <p id={`${id}-label`} className="truncate font-medium">
          {label}
        </p>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="text-[0.8125rem] text-muted">
            {hint}
          </p>
        )}
      </div>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        disabled={busy}
        onClick={() => onChange(!on)}
        className="flex size-11 w-14 shrink-0 items-center justify-center rounded-full"
      >
        <span
          className={classes(
            'flex h-7 w-12 items-center rounded-full border px-0.5',
            on ? 'justify-end border-accent bg-accent' : 'justify-start border-edge bg-sunken',
          )}
        >
          <span className={classes('size-5.5 rounded-full', on ? 'bg-on-accent' : 'bg-edge')} />
        </span>
      </button>
    </div>
  );
}
