/** What the bars of the timeline mean. */
export function TimelineLegend() {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-[0.8125rem] text-muted">
      {BARS.map(({ text, className }) => (
        <li key={text} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`w-5 rounded-xs ${className}`} />
          {text}
        </li>
      ))}
    </ul>
  );
}

const BARS = [
  { text: 'starting', className: 'h-2 bg-waiting' },
  { text: 'working', className: 'h-3.5 bg-working' },
  { text: 'waits for an answer', className: 'h-4.5 bg-attention-edge' },
  { text: 'idle', className: 'h-1 bg-edge' },
  { text: 'asleep', className: 'h-0.5 bg-edge' },
] as const;
