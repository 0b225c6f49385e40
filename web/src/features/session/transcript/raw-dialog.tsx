import { useEffect, useState } from 'react';
import { Copy } from '../../../ui/copy.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useFeed } from '../../relay-context.ts';
import { problemOf, type Problem } from '../../use-action.ts';

interface RawDialogProps {
  readonly sessionId: string;
  /** `<epoch>-<seq>` of the record with which the row begins. */
  readonly entry: string;
  readonly onClose: () => void;
}

/** The entry of the log with which a row begins, as the relay has it. */
export function RawDialog({ sessionId, entry, onClose }: RawDialogProps) {
  const feed = useFeed();
  const [text, setText] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    feed
      .logEntry(sessionId, entry)
      .then((record) => setText(JSON.stringify(record, null, 2)))
      .catch((error: unknown) => setProblem(problemOf(error)));
  }, [feed, sessionId, entry]);
  return (
    <Dialog title={`Entry ${entry}`} shape="sheet" onClose={onClose}>
      <ProblemNote problem={problem} />
      {text === undefined && problem === undefined && <Skeleton rows={3} height={2} />}
      {text !== undefined && (
        <div className="flex flex-col gap-3">
          <pre
            tabIndex={0}
            aria-label="The entry as JSON"
            className="max-h-[60dvh] overflow-auto rounded-lg bg-sunken p-3 font-mono text-[0.8125rem] break-all whitespace-pre-wrap"
          >
            {text}
          </pre>
          <Copy text={`${sessionId} ${entry}`} label="Copy where it is" />
        </div>
      )}
    </Dialog>
  );
}
