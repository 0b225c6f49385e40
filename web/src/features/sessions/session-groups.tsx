import { GROUP_TITLES, type GroupedSessions } from '../../state/groups.ts';
import { useKeys } from '../use-keys.ts';
import { SessionLine } from './session-line.tsx';

/** Trees below the words for what they need. j and k walk the lines; Enter is the link's own. */
export function SessionGroups({ groups }: { readonly groups: readonly GroupedSessions[] }) {
  useKeys({ j: () => step(1), k: () => step(-1) });
  return groups.map(({ group, trees }) => (
    <section key={group} aria-label={GROUP_TITLES[group]} className="flex flex-col gap-2">
      <h2 className="text-[0.875rem] font-semibold text-muted">
        {GROUP_TITLES[group]} <span className="font-normal">{trees.length}</span>
      </h2>
      <ul className="grid gap-2 @min-3xl:grid-cols-2">
        {trees.map((tree) => (
          <li key={tree.session.id} className="min-w-0">
            <SessionLine tree={tree} />
          </li>
        ))}
      </ul>
    </section>
  ));
}

function step(by: number): void {
  const lines = [...document.querySelectorAll<HTMLElement>('[data-session-line]')];
  const at = lines.findIndex((line) => line === document.activeElement);
  lines[Math.min(lines.length - 1, Math.max(0, at + by))]?.focus();
}
