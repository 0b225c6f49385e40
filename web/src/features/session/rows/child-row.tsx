import { Link } from 'wouter';
import { paths } from '../../../paths.ts';
import type { RowOf } from '../../../state/rows.ts';
import { useShared, useWorld } from '../../relay-context.ts';
import { StatusPill } from '../../status-pill.tsx';
import { lastLine } from '../../sessions/last-line.ts';

const BOX = 'flex flex-col gap-1 rounded-lg border border-line bg-surface p-3';

/** A child that this session started, with what it is doing now. */
export function ChildRow({ row }: { readonly row: RowOf<'spawned'> }) {
  const child = useWorld((world) => world.sessions.get(row.sessionId));
  const runner = useWorld((world) =>
    child === undefined ? undefined : world.runners.get(child.runnerId)?.profile.name,
  );
  const title = child?.title ?? row.spec.title ?? row.spec.prompt.split('\n', 1)[0];
  // A link to one session does not show its children.
  const hidden = useShared() && child === undefined;
  const line = child === undefined ? undefined : lastLine(child);
  const content = (
    <>
      <span className="flex items-start justify-between gap-2">
        <span className="min-w-0">
          <span aria-hidden="true" className="text-muted">
            ⑂{' '}
          </span>
          <span dir="auto" className="font-semibold break-words">
            {title}
          </span>
        </span>
        {child !== undefined && <StatusPill status={child.status} />}
      </span>
      <span className="text-[0.8125rem] text-muted">
        child{child !== undefined && ` · ${child.agent}`}
        {runner !== undefined && ` @ ${runner}`}
      </span>
      {line !== undefined && <span className="line-clamp-3 text-[0.875rem]">{line}</span>}
    </>
  );
  if (hidden) return <div className={BOX}>{content}</div>;
  return (
    <Link href={paths.session(row.sessionId)} className={`${BOX} hover:bg-hover`}>
      {content}
    </Link>
  );
}
