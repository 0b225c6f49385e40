import { spanText } from '../state/time.ts';
import { Moment } from '../ui/moment.tsx';
import { useNow } from './use-now.ts';

/** How long ago something was, growing. */
export function Ago({ at, className }: { readonly at: number; readonly className?: string }) {
  const now = useNow(10_000);
  const text = spanText(now - at);
  return className === undefined ? (
    <Moment at={at} text={text} />
  ) : (
    <Moment at={at} text={text} className={className} />
  );
}
