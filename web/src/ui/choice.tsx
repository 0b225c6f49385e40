import { useId } from 'react';
import { classes } from './classes.ts';

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly text: string }[];
  readonly value: T;
  readonly onChange: (id: T) => void;
  /** The label is only read aloud. */
  readonly quiet?: boolean;
}

/** One of a few, all in sight. */
export function Choice<T extends string>({ label, options, value, onChange, quiet = false }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className={quiet ? 'sr-only' : 'mb-1 font-medium'}>{label}</legend>
      <div className="flex flex-wrap gap-2">
        {options.map(({ id, text }) => (
          <label
            key={id}
            className={classes(
              'flex min-h-11 cursor-pointer items-center rounded-full border px-4 text-[0.875rem] font-medium has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
              id === value
                ? 'border-accent bg-accent-soft text-accent'
                : 'border-line bg-surface text-text hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name={name}
              value={id}
              checked={id === value}
              onChange={() => onChange(id)}
              className="sr-only"
            />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
