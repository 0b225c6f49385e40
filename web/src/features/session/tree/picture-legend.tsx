/** What the lines of the picture mean. */
export function PictureLegend() {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-[0.8125rem] text-muted">
      {LINES.map(({ text, className, dash }) => (
        <li key={text} className="flex items-center gap-1.5">
          <svg aria-hidden="true" width="26" height="8">
            <path d="M0 4h26" strokeDasharray={dash} className={className} />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}

const LINES = [
  { text: 'spawned', className: 'stroke-edge stroke-1', dash: undefined },
  { text: 'told or answered', className: 'stroke-working stroke-[1.5]', dash: '7 4' },
  { text: 'asked', className: 'stroke-attention stroke-[1.5]', dash: '2 3' },
  { text: 'question waits', className: 'stroke-attention-edge stroke-2', dash: undefined },
] as const;
