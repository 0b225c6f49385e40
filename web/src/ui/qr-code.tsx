import { encode } from 'uqr';

interface QrCodeProps {
  readonly text: string;
  /** What it leads to, for those who cannot see it. */
  readonly label: string;
}

/** A text as a code for a phone's camera: dark on light in either theme, since many readers want that. */
export function QrCode({ text, label }: QrCodeProps) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-56 rounded-lg bg-white"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}
