interface ThoughtRowProps {
  readonly text: string;
  /** Still being thought. */
  readonly live?: boolean;
}

export function ThoughtRow({ text, live = false }: ThoughtRowProps) {
  return (
    <details className="text-muted">
      <summary className="flex min-h-11 list-none items-center gap-2 [&::-webkit-details-marker]:hidden">
        <span aria-hidden="true" className={live ? 'breathing' : ''}>
          ✦
        </span>
        <span className="font-medium">{live ? 'Thinking' : 'Thought'}</span>
        <span className="min-w-0 flex-1 truncate text-[0.875rem]">{text.trim().split('\n', 1)[0]}</span>
      </summary>
      <p dir="auto" className="border-s-2 border-line ps-3 break-words whitespace-pre-wrap">
        {text}
      </p>
    </details>
  );
}
