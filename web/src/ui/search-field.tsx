import type { RefObject } from 'react';
import { CONTROL } from './field.tsx';

interface SearchFieldProps {
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly label: string;
  /** What the words are looked for in. */
  readonly placeholder: string;
  readonly words: string;
  readonly onWords: (words: string) => void;
}

/** Takes the room that is left in its row; Escape leaves it. */
export function SearchField({ ref, label, placeholder, words, onWords }: SearchFieldProps) {
  return (
    <input
      ref={ref}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      className={`${CONTROL} min-w-60 flex-1 basis-80`}
      value={words}
      onChange={(event) => onWords(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
