interface ChecksProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly text: string; readonly hint: string }[];
  readonly values: readonly T[];
  readonly onChange: (values: readonly T[]) => void;
}

/** Any of a few, each with what it means. */
export function Checks<T extends string>({ label, options, values, onChange }: ChecksProps<T>) {
  return (
    <fieldset className="flex min-w-0 flex-col">
      <legend className="mb-1 font-medium">{label}</legend>
      <div className="grid gap-x-4 sm:grid-cols-2">
        {options.map(({ id, text, hint }) => (
          <label
            key={id}
            className="grid min-h-11 cursor-pointer grid-cols-[auto_minmax(0,1fr)] gap-x-3 rounded-lg py-2 hover:bg-hover"
          >
            <input
              type="checkbox"
              className="row-span-2 mt-0.5 size-5 accent-accent"
              checked={values.includes(id)}
              onChange={({ target }) => onChange(target.checked ? [...values, id] : values.filter((one) => one !== id))}
            />
            {text}
            <span className="text-[0.8125rem] text-muted">{hint}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
