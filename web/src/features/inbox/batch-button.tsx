import type { TriggerView } from '@treeline/shared';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { BatchDialog } from './batch-dialog.tsx';

interface BatchButtonProps {
  readonly triggers: readonly TriggerView[];
  readonly disabled: boolean;
}

/** The way to answer alike ones together. */
export function BatchButton({ triggers, disabled }: BatchButtonProps) {
  const [open, setOpen] = useState(false);
  // What was shown when it was opened is what is answered, whatever comes meanwhile.
  const [shown, setShown] = useState(triggers);
  return (
    <>
      <Button
        look="quiet"
        className="min-h-12 text-accent"
        disabled={disabled}
        onClick={() => {
          setShown(triggers);
          setOpen(true);
        }}
      >
        All {triggers.length} like this …
      </Button>
      {open && <BatchDialog triggers={shown} onClose={() => setOpen(false)} />}
    </>
  );
}
