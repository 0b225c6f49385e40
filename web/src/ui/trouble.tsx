import { Button } from './button.tsx';
import { CodeText } from './code-text.tsx';

interface TroubleProps {
  /** What happened. */
  readonly what: string;
  /** What to do. */
  readonly hint?: string | undefined;
  readonly requestId?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
}

export function Trouble({ what, hint, requestId, onRetry }: TroubleProps) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 rounded-xl border border-line bg-bad-soft p-4">
      <p className="font-semibold text-bad">
        <span aria-hidden="true">✕ </span>
        <CodeText text={what} />
      </p>
      {hint !== undefined && (
        <p>
          <CodeText text={hint} />
        </p>
      )}
      {requestId !== undefined && <p className="font-mono text-[0.8125rem] text-muted">{requestId}</p>}
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
