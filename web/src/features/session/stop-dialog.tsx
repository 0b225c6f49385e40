import type { SessionView } from '@treeline/shared';
import { useCallback } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

interface StopDialogProps {
  readonly session: SessionView;
  /** Live sessions below it. */
  readonly liveBelow: number;
  readonly onClose: () => void;
}

export function StopDialog({ session, liveBelow, onClose }: StopDialogProps) {
  const relay = useRelay();
  const { id } = session;
  const stop = useAction(
    useCallback(
      async (tree: boolean) => {
        await relay.stop(id, { tree });
        onClose();
      },
      [relay, id, onClose],
    ),
  );
  return (
    <Dialog title="Stop?" onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p>
          “{session.title}” is asked to stop, and killed if it does not. What it was asked goes to you; what it asked is
          withdrawn.
        </p>
        <ProblemNote problem={stop.problem} />
        <div className="flex flex-col gap-2">
          <Button look="danger" busy={stop.busy} onClick={() => void stop.run(false)}>
            Stop this session
          </Button>
          {liveBelow > 0 && (
            <Button look="danger" busy={stop.busy} onClick={() => void stop.run(true)}>
              Stop it and {liveBelow} below it
            </Button>
          )}
          <Button onClick={onClose}>Let it work</Button>
        </div>
      </div>
    </Dialog>
  );
}
