import { Fragment } from 'react';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { clockText } from '../../state/time.ts';
import { isLate, type Receipt } from '../../state/triggers.ts';
import { classes } from '../../ui/classes.ts';
import { useNow } from '../use-now.ts';

interface ReceiptLineProps {
  readonly receipt: Receipt;
  readonly sessionId: string;
  /** The child's runner is not there: the answer is kept for it. */
  readonly runnerAway: string | undefined;
}

/** How far an answer has come: the relay has it, the runner's disk has it, the agent goes on. */
export function ReceiptLine({ receipt, sessionId, runnerAway }: ReceiptLineProps) {
  const now = useNow(5_000);
  const steps = [
    { text: 'accepted', at: receipt.accepted },
    { text: 'on runner', at: receipt.onRunner },
    { text: 'agent resumed', at: receipt.resumed },
  ];
  return (
    <div role="status" className="flex flex-col gap-1 text-[0.875rem]">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {steps.map(({ text, at }, index) => (
          <Fragment key={text}>
            {index > 0 && (
              <span aria-hidden="true" className="text-muted">
                →
              </span>
            )}
            <span className={classes('whitespace-nowrap', at === undefined ? 'text-muted' : 'font-medium text-good')}>
              <span aria-hidden="true">{at === undefined ? '○ ' : '✓ '}</span>
              {text}
              {at !== undefined && <span className="sr-only"> at {clockText(at)}</span>}
              {at === undefined && <span className="sr-only"> not yet</span>}
            </span>
          </Fragment>
        ))}
      </p>
      {runnerAway !== undefined && receipt.onRunner === undefined ? (
        <p className="text-attention">Kept: it will be delivered when {runnerAway} is back.</p>
      ) : (
        isLate(receipt, now) && (
          <p className="text-attention">
            The agent has not gone on for a minute:{' '}
            <Link href={paths.session(sessionId)} className="font-medium underline underline-offset-2">
              look at its session
            </Link>
            , tell it again, or stop it there.
          </p>
        )
      )}
    </div>
  );
}
