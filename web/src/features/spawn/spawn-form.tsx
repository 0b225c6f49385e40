import type { RunnerView, SessionId } from '@treeline/shared';
import { useCallback, useRef, useState, type FormEvent } from 'react';
import { requestKey } from '../../relay/request-key.ts';
import { parseLabels } from '../../state/labels.ts';
import { Button } from '../../ui/button.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { AgentFields } from './agent-fields.tsx';
import { FolderField } from './folder-field.tsx';
import { rememberSpawn } from './last-spawn.ts';
import { MoreFields } from './more-fields.tsx';
import { rememberPrompt } from './prompts.ts';
import { rememberFolder } from './recent-folders.ts';
import type { Draft } from './wish.ts';

interface SpawnFormProps {
  readonly runners: readonly RunnerView[];
  readonly initial: Draft;
  readonly onStarted: (id: string) => void;
}

/** What to start and where. */
export function SpawnForm({ runners, initial, onStarted }: SpawnFormProps) {
  const relay = useRelay();
  const online = useWorld((world) => world.link === 'online');
  const [draft, setDraft] = useState(initial);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const key = useRef({ key: requestKey(), of: '' });
  const runner = runners.find(({ id }) => id === draft.runnerId);
  const start = useAction(
    useCallback(
      async (spec: Omit<Parameters<typeof relay.spawn>[0], 'key'>) => {
        const body = JSON.stringify(spec);
        // The same press again is the same session; another text is another one.
        if (key.current.of !== body) key.current = { key: requestKey(), of: body };
        const id = await relay.spawn({ ...spec, key: key.current.key });
        rememberPrompt(id, spec.prompt);
        onStarted(id);
      },
      [relay, onStarted],
    ),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { cwd, model, title, parent } = draft;
    const agent = runner?.profile.agents.find(({ name }) => name === draft.agent)?.name;
    const labels = parseLabels(draft.labels);
    const spec = {
      ...(runner !== undefined && { runnerId: runner.id }),
      ...(agent !== undefined && { agent }),
      ...(cwd.trim() !== '' && { cwd: cwd.trim() }),
      ...(model.trim() !== '' && { model: model.trim() }),
    };
    rememberSpawn(spec);
    if (runner !== undefined && spec.cwd !== undefined) rememberFolder(runner.id, spec.cwd);
    void start.run({
      ...spec,
      ...(title.trim() !== '' && { title: title.trim() }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(parent !== '' && { parentId: parent as SessionId }),
      prompt: draft.prompt.trim(),
    });
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      {runners.length > 1 && (
        <Field label="Runner">
          {(control) => (
            <select
              {...control}
              className={CONTROL}
              value={draft.runnerId}
              onChange={(event) => change({ runnerId: event.target.value })}
            >
              {runners.map(({ id, profile, online: up, sessions }) => (
                <option key={id} value={id}>
                  {profile.name} · {up ? `${sessions} of ${profile.capacity}` : 'offline: it will wait'}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field label="Task">
        {(control) => (
          <textarea
            {...control}
            // The one thing that has to be filled in.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            data-autofocus=""
            required
            rows={4}
            className={CONTROL}
            placeholder="What is to be done?"
            value={draft.prompt}
            onChange={(event) => change({ prompt: event.target.value })}
          />
        )}
      </Field>
      <AgentFields
        runner={runner}
        agent={draft.agent}
        model={draft.model}
        onAgent={(agent) => change({ agent })}
        onModel={(model) => change({ model })}
      />
      <FolderField
        runnerId={runner?.id}
        runnerName={runner?.profile.name}
        value={draft.cwd}
        onChange={(cwd) => change({ cwd })}
      />
      <MoreFields draft={draft} onChange={change} />
      <ProblemNote problem={start.problem} />
      <Button
        look="primary"
        type="submit"
        className="min-h-12"
        busy={start.busy}
        disabled={!online || draft.prompt.trim() === ''}
      >
        {start.busy ? 'Starting …' : 'Start'}
      </Button>
    </form>
  );
}
