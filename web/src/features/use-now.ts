import { useEffect, useState } from 'react';
import { relayNow } from '../relay/clock.ts';

/** The time by the relay's clock, told again every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(relayNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(relayNow()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
