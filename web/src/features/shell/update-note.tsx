import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { useRelay } from '../relay-context.ts';

/** A newer viewer is here. Nobody is interrupted: it begins when they say so, or with the next start. */
export function UpdateNote() {
  const { worker } = useRelay();
  const fresh = useStore(worker.store, ({ newVersion }) => newVersion);
  return (
    <div role="status">
      {fresh && (
        <div className="flex flex-wrap items-center justify-center gap-x-3 border-b border-line bg-accent-soft px-4 text-[0.875rem]">
          <span>A new version of Treeline is here.</span>
          <Button look="quiet" className="text-accent" onClick={() => worker.reload()}>
            Reload
          </Button>
        </div>
      )}
    </div>
  );
}
