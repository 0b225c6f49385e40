import type { TriggerView } from '@treeline/shared';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';

/** Where in its tree a trigger comes from: titles from the root down, and the machine. */
export function PathLine({ trigger }: { readonly trigger: TriggerView }) {
  return (
    <div className="min-w-0 text-[0.875rem] text-muted">
      <ol aria-label="Place in the tree" className="flex flex-wrap items-center gap-x-1.5">
        {trigger.path.map(({ id, title }, at) => (
          <li key={id} className="flex min-w-0 items-center gap-1.5">
            {at > 0 && <span aria-hidden="true">›</span>}
            <Link
              href={paths.session(id)}
              dir="auto"
              className="inline-block max-w-56 min-w-11 truncate py-3 underline-offset-2 hover:text-text hover:underline"
            >
              {title}
            </Link>
          </li>
        ))}
        {trigger.runnerName !== undefined && <li className="min-w-0 break-words">@ {trigger.runnerName}</li>}
      </ol>
    </div>
  );
}
