import type { RunnerView } from '@treeline/shared';
import { useCallback } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

interface RemoveRunnerProps {
  readonly runner: RunnerView;
  readonly onClose: () => void;
  readonly onRemoved?: (() => void) | undefined;
}

/** Says what is lost before anything is. */
export function RemoveRunner({ runner, onClose, onRemoved }: RemoveRunnerProps) {
  const relay = useRelay();
  const { id, profile, sessions } = runner;
  const remove = useAction(
    useCallback(async () => {
      await relay.removeRunner(id);
      onRemoved?.();
    }, [relay, id, onRemoved]),
  );
  return (
    <Dialog title={`Revoke ${profile.name}?`} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p>Its key works no longer, at once, and it goes from this list. It may join again with a new token.</p>
        <p className={sessions > 0 ? 'font-medium text-bad' : 'text-muted'}>
          {sessions === 0
            ? 'No session lives on it.'
            : `${sessions} ${sessions === 1 ? 'session lives' : 'sessions live'} on it, and will be lost.`}
        </p>
        <ProblemNote problem={remove.problem} />
        <div className="flex gap-2">
          <Button look="danger" busy={remove.busy} onClick={() => void remove.run()}>
            Revoke
          </Button>
          <Button look="quiet" data-autofocus="" onClick={onClose}>
            Keep it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
