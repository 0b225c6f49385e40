import { useMemo, useRef } from 'react';
import type { SessionsBy } from '../../paths.ts';
import { GROUP_TITLES, GROUPS, labelsOf } from '../../state/groups.ts';
import { sortedRunners } from '../../state/runners.ts';
import { Choice } from '../../ui/choice.tsx';
import { CONTROL } from '../../ui/field.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { useWorld } from '../relay-context.ts';
import { useKeys } from '../use-keys.ts';

interface SessionFiltersProps {
  readonly by: SessionsBy;
  readonly onBy: (by: SessionsBy) => void;
}

const STATES = [{ id: '', text: 'All' }, ...GROUPS.map((id) => ({ id: id as string, text: GROUP_TITLES[id] }))];

/** What narrows the list; all of it is in the address. */
export function SessionFilters({ by, onBy }: SessionFiltersProps) {
  const runners = useWorld((world) => world.runners);
  const sessions = useWorld((world) => world.sessions);
  const labels = useMemo(() => labelsOf(sessions.values()), [sessions]);
  const field = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => field.current?.focus() });
  return (
    <div className="flex flex-wrap items-center gap-3">
      <SearchField
        ref={field}
        label="Search sessions"
        placeholder="Search title, runner, agent, label"
        words={by.q}
        onWords={(q) => onBy({ ...by, q })}
      />
      {runners.size > 1 && (
        <select
          aria-label="Runner"
          className={`${CONTROL} w-auto! max-w-48`}
          value={by.runner}
          onChange={(event) => onBy({ ...by, runner: event.target.value })}
        >
          <option value="">Any runner</option>
          {sortedRunners(runners.values()).map(({ id, profile }) => (
            <option key={id} value={id}>
              {profile.name}
            </option>
          ))}
        </select>
      )}
      {labels.length > 0 && (
        <select
          aria-label="Label"
          className={`${CONTROL} w-auto! max-w-48`}
          value={by.label}
          onChange={(event) => onBy({ ...by, label: event.target.value })}
        >
          <option value="">Any label</option>
          {labels.map((label) => (
            <option key={label}>{label}</option>
          ))}
        </select>
      )}
      <div className="w-full">
        <Choice label="State" quiet options={STATES} value={by.state} onChange={(state) => onBy({ ...by, state })} />
      </div>
    </div>
  );
}
