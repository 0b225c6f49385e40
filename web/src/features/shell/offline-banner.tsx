import { clockText } from '../../state/time.ts';
import { useWorld } from '../relay-context.ts';

/** Says that the relay is away, and how old what is shown is. */
export function OfflineBanner() {
  const link = useWorld((world) => world.link);
  const asOf = useWorld((world) => world.asOf);
  return (
    <div role="status">
      {link === 'offline' && (
        <p className="bg-attention-soft px-4 py-1.5 text-center text-[0.875rem] font-medium text-attention">
          <span aria-hidden="true">⚡ </span>
          Offline{asOf !== undefined && ` · as of ${clockText(asOf)}`} · reconnecting
        </p>
      )}
    </div>
  );
}
