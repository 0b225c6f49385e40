import { useId, type ReactNode } from 'react';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Gets the id and what describes it. */
  readonly children: (control: { id: string; 'aria-describedby': string | undefined }) => ReactNode;
}

/** 16 px in controls: a phone zooms into anything smaller. */
export const CONTROL =
  'w-full min-h-11 rounded-lg border border-edge bg-surface px-3 py-2 text-base text-text placeholder:text-muted';

export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': hint === undefined ? undefined : hintId })}
      {hint !== undefined && (
        <p id={hintId} className="text-[0.8125rem] text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
