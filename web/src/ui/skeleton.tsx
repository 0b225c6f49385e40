import { useEffect, useState } from 'react';

const SHOW_AFTER_MS = 150;

interface SkeletonProps {
  readonly rows: number;
  /** Of a row, in rem: what will be there is as tall. */
  readonly height: number;
}

/** Placeholder rows, after a moment in which most things have come. */
export function Skeleton({ rows, height }: SkeletonProps) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div role="status" className="flex flex-col gap-3">
      <span className="sr-only">Loading</span>
      {Array.from({ length: rows }, (_, at) => (
        <div
          key={at}
          className="breathing rounded-xl border border-line bg-sunken"
          style={{ height: `${height}rem` }}
        />
      ))}
    </div>
  );
}
