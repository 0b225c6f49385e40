import { useMemo } from 'react';
import { CONTROL, Field } from '../../ui/field.tsx';
import { useWorld } from '../relay-context.ts';
import type { Draft } from './wish.ts';

interface MoreFieldsProps {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

/** What most sessions do without: a parent, a title of their own, labels. */
export function MoreFields({ draft, onChange }: MoreFieldsProps) {
  const sessions = useWorld((world) => world.sessions);
  const live = useMemo(() => [...sessions.values()].filter(({ lifecycle }) => lifecycle.state !== 'ended'), [sessions]);
  return (
    <details open={draft.parent !== '' || draft.labels !== ''}>
      <summary className="min-h-11 py-2 font-medium text-accent">Parent, title, labels</summary>
      <div className="flex flex-col gap-4 pt-2">
        <Field label="Parent" hint="A parent hears what its child asks, and how it ended.">
          {(control) => (
            <select
              {...control}
              className={CONTROL}
              value={draft.parent}
              onChange={(event) => onChange({ parent: event.target.value })}
            >
              <option value="">None: a tree of its own</option>
              {live.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Title">
            {(control) => (
              <input
                {...control}
                className={CONTROL}
                placeholder="The task’s first line"
                maxLength={200}
                value={draft.title}
                onChange={(event) => onChange({ title: event.target.value })}
              />
            )}
          </Field>
          <Field label="Labels">
            {(control) => (
              <input
                {...control}
                className={CONTROL}
                placeholder="team=blue, release=2.3"
                spellCheck={false}
                autoCapitalize="none"
                value={draft.labels}
                onChange={(event) => onChange({ labels: event.target.value })}
              />
            )}
          </Field>
        </div>
      </div>
    </details>
  );
}
