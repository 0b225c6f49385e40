import { awayWords } from '../../state/away-words.ts';
import { momentText } from '../../state/time.ts';
import { isOld } from '../../state/world.ts';
import { useNow } from '../use-now.ts';
import { useWorld } from '../relay-context.ts';

interface OfflineBannerProps {
  /** Messages that wait to be sent. */
  readonly waiting?: number;
}

/** Says that the relay is not heard and why, how old what is shown is, and what waits to be sent. */
export function OfflineBanner({ waiting = 0 }: OfflineBannerProps) {
  const link = useWorld((world) => world.link);
  const away = useWorld((world) => world.away);
  const asOf = useWorld((world) => world.asOf);
  const stale = useWorld(isOld);
  const now = useNow(60_000);
  const old = asOf !== undefined && link !== 'online';
  return (
    <div role="status">
      {stale && (
        <p className="bg-attention-soft px-4 py-1.5 text-center text-[0.875rem] font-medium text-attention">
          <span aria-hidden="true">⚡ </span>
          {link === 'offline' ? 'Offline' : 'Connecting'}
          {old && ` · as of ${momentText(asOf, now)}`}
          {link === 'offline' && ` · ${awayWords(away).what}, ${awayWords(away).next}`}
          {waiting > 0 && ` · ${waiting === 1 ? 'one message waits' : `${waiting} messages wait`} to be sent`}
        </p>
      )}
    </div>
  );
}
