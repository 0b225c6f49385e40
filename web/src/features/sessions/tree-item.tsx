import type { TreeLine } from '../../state/tree.ts';
import { Ago } from '../ago.tsx';
import { useWorld } from '../relay-context.ts';
import { StatusPill } from '../status-pill.tsx';

/** What stands in one line of the tree. */
export function TreeItem({ line, collapsed }: { readonly line: TreeLine; readonly collapsed: boolean }) {
  const { session, worst } = line.node;
  const runner = useWorld((world) => world.runners.get(session.runnerId)?.profile.name);
  // Below an open branch the children speak for themselves; a root always says the worst.
  const shown = collapsed || line.level === 1 ? worst : undefined;
  return (
    <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-0.5 py-1.5">
      <span dir="auto" className="min-w-0 flex-1 basis-32 truncate text-left font-medium">
        {session.title}
      </span>
      <StatusPill status={session.status} worst={shown} />
      <span className="hidden w-40 truncate text-[0.8125rem] text-muted @min-3xl:inline">
        {session.agent}
        {runner !== undefined && ` @ ${runner}`}
      </span>
      <Ago at={session.lifecycle.since} className="hidden w-8 text-right text-[0.8125rem] text-muted @min-lg:inline" />
    </span>
  );
}
