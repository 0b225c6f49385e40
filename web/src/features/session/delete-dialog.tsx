import type { SessionView } from '@treeline/shared';
import { useCallback } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

interface DeleteDialogProps {
  readonly session: SessionView;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

export function DeleteDialog({ session, onClose, onDeleted }: DeleteDialogProps) {
  const relay = useRelay();
  const { id } = session;
  const remove = useAction(
    useCallback(async () => {
      await relay.remove(id);
      onDeleted();
    }, [relay, id, onDeleted]),
  );
  return (
    <Dialog title="Delete?" onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p>The transcript of “{session.title}” is gone for ever; sessions below it become roots.</p>
        <ProblemNote problem={remove.problem} />
        <div className="flex flex-col gap-2">
          <Button look="danger" busy={remove.busy} onClick={() => void remove.run()}>
            Delete it
          </Button>
          <Button onClick={onClose}>Keep it</Button>
        </div>
      </div>
    </Dialog>
  );
}
