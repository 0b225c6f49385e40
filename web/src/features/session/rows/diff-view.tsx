import { diffLines, type DiffLine } from '../../../state/diff.ts';
import { classes } from '../../../ui/classes.ts';

interface DiffViewProps {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

const SIGN: Readonly<Record<DiffLine['kind'], string>> = { same: ' ', added: '+', removed: '−', skipped: '⋯' };

export function DiffView({ path, before, after }: DiffViewProps) {
  const lines = diffLines(before, after);
  const count = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length;
  return (
    <div className="flex flex-col gap-1">
      <p className="text-[0.8125rem] font-medium text-muted">
        <span className="font-mono break-all">{path}</span> <span className="text-good">+{count('added')}</span>{' '}
        <span className="text-bad">−{count('removed')}</span>
      </p>
      <pre
        tabIndex={0}
        role="group"
        aria-label={`Changes in ${path}`}
        className="max-h-[28rem] overflow-auto rounded-md bg-sunken font-mono text-[0.8125rem]"
      >
        {lines.map(({ kind, text }, at) => (
          <div
            key={at}
            className={classes(
              'w-max min-w-full px-2',
              kind === 'added' && 'bg-added',
              kind === 'removed' && 'bg-removed',
              kind === 'skipped' && 'text-muted',
            )}
          >
            {SIGN[kind]} {text}
          </div>
        ))}
      </pre>
    </div>
  );
}
