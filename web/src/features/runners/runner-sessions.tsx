import type { RunnerView, SessionView } from '@treeline/shared';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { Empty } from '../../ui/empty.tsx';
import { Ago } from '../ago.tsx';
import { useWorld } from '../relay-context.ts';
import { StatusPill } from '../status-pill.tsx';

/** What runs on a machine, and then what ran there. */
export function RunnerSessions({ of }: { readonly of: RunnerView }) {
  const sessions = useWorld((world) => world.sessions);
  const here = [...sessions.values()]
    .filter(({ runnerId }) => runnerId === of.id)
    .toSorted((a, b) => Number(isOver(a)) - Number(isOver(b)) || b.createdAt - a.createdAt);
  if (here.length === 0) return <Empty title="No session has run here">Start one with this runner chosen.</Empty>;
  return (
    <ul className="flex flex-col gap-2">
      {here.map(({ id, title, status, agent, createdAt }) => (
        <li key={id}>
          <Link
            href={paths.session(id)}
            className="flex min-h-11 flex-col gap-1 rounded-xl border border-line bg-surface p-3 hover:bg-hover"
          >
            <span className="flex items-start justify-between gap-2">
              <span className="min-w-0 font-semibold break-words">{title}</span>
              <StatusPill status={status} />
            </span>
            <span className="text-[0.8125rem] text-muted">
              {agent} · begun <Ago at={createdAt} /> ago
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const isOver = ({ lifecycle }: SessionView): boolean => lifecycle.state === 'ended';
