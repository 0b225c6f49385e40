import type { RunnerView } from '@treeline/shared';
import { useCallback, useState } from 'react';
import { isOld } from '../../state/world.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useMay, useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { RemoveRunner } from './remove-runner.tsx';
import { RenameRunner } from './rename-runner.tsx';

/** What can be asked of a runner from here; it has to be online for all but its removal. */
export function RunnerActions({ runner, onRemoved }: { readonly runner: RunnerView; readonly onRemoved?: () => void }) {
  const relay = useRelay();
  const maySteer = useMay('manage');
  const mayRemove = useMay('runners');
  const [asking, setAsking] = useState<'rename' | 'remove'>();
  const [said, setSaid] = useState<string>();
  const old = useWorld(isOld);
  const { id, profile, online, health } = runner;
  const { name } = profile;
  const act = useAction(
    useCallback(
      async (what: 'pause' | 'resume' | 'drain') => {
        setSaid(undefined);
        const answer = await relay.orderRunner(id, { do: what });
        setSaid(
          answer.do === 'drain'
            ? drainText(answer.busy)
            : answer.do === 'pause'
              ? 'It takes no new sessions.'
              : 'It takes new sessions.',
        );
      },
      [relay, id],
    ),
  );
  const paused = health?.paused !== undefined;
  const close = () => setAsking(undefined);
  return (
    <div className="flex flex-col gap-2">
      <div className="-mx-2 flex flex-wrap">
        {online && maySteer && (
          <>
            <Button
              look="quiet"
              busy={act.busy}
              disabled={old}
              aria-label={`${paused ? 'Resume' : 'Pause'} ${name}`}
              className="px-2"
              onClick={() => void act.run(paused ? 'resume' : 'pause')}
            >
              {paused ? 'Resume' : 'Pause'}
            </Button>
            <Button
              look="quiet"
              busy={act.busy}
              disabled={old}
              aria-label={`Drain ${name}`}
              className="px-2"
              onClick={() => void act.run('drain')}
            >
              Drain
            </Button>
            <Button
              look="quiet"
              disabled={old}
              aria-label={`Rename ${name}`}
              className="px-2"
              onClick={() => setAsking('rename')}
            >
              Rename
            </Button>
          </>
        )}
        {mayRemove && (
          <Button
            look="quiet"
            disabled={old}
            aria-label={`Revoke ${name}`}
            className="px-2"
            onClick={() => setAsking('remove')}
          >
            Revoke
          </Button>
        )}
      </div>
      {said !== undefined && (
        <p role="status" className="text-[0.875rem] text-muted">
          {said}
        </p>
      )}
      <ProblemNote problem={act.problem} />
      {asking === 'rename' && <RenameRunner runner={runner} onClose={close} />}
      {asking === 'remove' && <RemoveRunner runner={runner} onClose={close} onRemoved={onRemoved} />}
    </div>
  );
}

function drainText(busy: number): string {
  if (busy === 0) return 'Drained: it takes no new sessions, and none is at work.';
  return `It takes no new sessions; ${busy} ${busy === 1 ? 'is' : 'are'} still at work.`;
}
