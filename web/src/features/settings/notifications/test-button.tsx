import type { DeviceId } from '@treeline/shared';
import { useCallback, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { runTest, type TestOutcome } from './run-test.ts';

interface TestButtonProps {
  readonly to: DeviceId | 'ntfy';
  readonly onTested: () => void;
}

/** Sends a test and says what became of it, step by step. */
export function TestButton({ to, onTested }: TestButtonProps) {
  const { pushes } = useRelay();
  const [outcome, setOutcome] = useState<TestOutcome>();
  const test = useAction(
    useCallback(async () => {
      setOutcome(undefined);
      await runTest(pushes, to, setOutcome);
      onTested();
    }, [pushes, to, onTested]),
  );
  return (
    <div className="flex flex-col items-start gap-2">
      <Button busy={test.busy} onClick={() => void test.run()}>
        Send test
      </Button>
      <div role="status">
        {outcome !== undefined && (
          <p className={outcome.well ? 'text-good' : 'text-bad'}>
            <span aria-hidden="true">{outcome.well ? '✓ ' : '✕ '}</span>
            {outcome.text}
          </p>
        )}
      </div>
      <ProblemNote problem={test.problem} />
    </div>
  );
}
