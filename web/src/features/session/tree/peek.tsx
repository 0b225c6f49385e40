import { X } from 'lucide-react';
import { Link } from 'wouter';
import { paths } from '../../../paths.ts';
import type { TreeNode } from '../../../state/tree.ts';
import { usageText } from '../../../state/usage.ts';
import { buttonClass } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Ago } from '../../ago.tsx';
import { useWorld } from '../../relay-context.ts';
import { lastLine } from '../../sessions/last-line.ts';
import { StatusPill } from '../../status-pill.tsx';

interface PeekProps {
  readonly node: TreeNode;
  readonly onClose: () => void;
}

/** A look at one session without leaving the picture. */
export function Peek({ node: { session, worst }, onClose }: PeekProps) {
  const runner = useWorld((world) => world.runners.get(session.runnerId)?.profile.name);
  const line = lastLine(session);
  return (
    <section
      aria-label={`Peek: ${session.title}`}
      className="m-2 flex flex-col gap-2 rounded-xl border border-line bg-surface p-3 shadow-md"
    >
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <p dir="auto" className="font-semibold break-words">
              {session.title}
            </p>
            <StatusPill status={session.status} worst={worst} />
          </div>
          <p className="flex flex-wrap gap-x-3 text-[0.8125rem] text-muted">
            <span>
              {session.agent}
              {runner !== undefined && ` @ ${runner}`}
            </span>
            {session.usage !== undefined && <span>{usageText(session.usage)}</span>}
            <span>
              since <Ago at={session.lifecycle.since} />
            </span>
          </p>
        </div>
        <Link href={paths.session(session.id)} className={buttonClass('plain')}>
          Open
        </Link>
        <IconButton label="Close the peek" icon={<X aria-hidden="true" size={18} />} onClick={onClose} />
      </div>
      {line !== undefined && <p className="line-clamp-3 text-[0.875rem]">{line}</p>}
    </section>
  );
}
