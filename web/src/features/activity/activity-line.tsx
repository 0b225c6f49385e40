import type { AuditLine } from '@treeline/shared';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { didText, whoText } from '../../state/audit.ts';
import { Ago } from '../ago.tsx';

/** One thing that somebody did, or was refused. */
export function ActivityLine({ line }: { readonly line: AuditLine }) {
  const { at, who, from, outcome, on, sessions, reason, times } = line;
  const session = sessions?.at(-1);
  const isRefused = outcome === 'refused';
  return (
    <li className="flex flex-col gap-1 p-3">
      <p className="break-words">
        <span aria-hidden="true" className={isRefused ? 'text-attention' : 'text-muted'}>
          {isRefused ? '⊘ ' : '· '}
        </span>
        <span className="font-medium">{whoText(who)}</span> {didText(line)}
        {times !== undefined && ` (${times} times)`}
      </p>
      {reason !== undefined && <p className="text-[0.875rem] break-words text-attention">{reason.message}</p>}
      <p className="flex flex-wrap items-center gap-x-3 text-[0.8125rem] text-muted">
        <span>
          <Ago at={at} /> ago
        </span>
        <span className="break-all">from {from.address ?? (from.over === 'log' ? 'its runner' : from.over)}</span>
        {session === undefined
          ? on !== undefined && <span>on …{on.slice(-6)}</span>
          : outcome === 'done' && (
              <Link
                href={paths.session(session)}
                className="inline-flex min-h-11 items-center text-accent underline underline-offset-2"
              >
                Session …{session.slice(-6)}
              </Link>
            )}
      </p>
    </li>
  );
}
