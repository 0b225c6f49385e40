import type { SessionView, StopStrength } from '@treeline/shared';
import { useCallback } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

interface StopDialogProps {
  readonly session: SessionView;
  readonly strength: StopStrength;
  /** Live sessions below it. */
  readonly liveBelow: number;
  readonly onClose: () => void;
}

const WORDS: Readonly<Record<StopStrength, { title: string; verb: string; what: string }>> = {
  finish: { title: 'Stop after this turn?', verb: 'Stop', what: 'ends when its turn is done' },
  stop: { title: 'Stop?', verb: 'Stop', what: 'is asked to stop, and killed if it does not' },
  kill: { title: 'Kill?', verb: 'Kill', what: 'is killed at once, with every process it started' },
};

/** Asks once more; what was a press of a key must not end the work of an hour. */
export function StopDialog({ session, strength, liveBelow, onClose }: StopDialogProps) {
  const relay = useRelay();
  const { id } = session;
  const { title, verb, what } = WORDS[strength];
  const stop = useAction(
    useCallback(
      async (tree: boolean) => {
        await relay.stop(id, { tree, strength });
        onClose();
      },
      [relay, id, strength, onClose],
    ),
  );
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p>
          “{session.title}” {what}. What it was asked goes to you; what it asked is withdrawn.
        </p>
        <ProblemNote problem={stop.problem} />
        <div className="flex flex-col gap-2">
          {session.lifecycle.state !== 'ended' && (
            <Button look="danger" busy={stop.busy} onClick={() => void stop.run(false)}>
              {verb} this session
            </Button>
          )}
          {liveBelow > 0 && (
            <Button look="danger" busy={stop.busy} onClick={() => void stop.run(true)}>
              {verb} it and {liveBelow} below it
            </Button>
          )}
          <Button onClick={onClose}>Let it work</Button>
        </div>
      </div>
    </Dialog>
  );
}
