interface MomentProps {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
  readonly className?: string;
}

/** A time in short words, with the whole of it on hover. */
export function Moment({ at, text, className }: MomentProps) {
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()} className={className}>
      {text}
    </time>
  );
}
