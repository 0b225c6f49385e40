import type { RunnerView } from '@treeline/shared';
import { useCallback, useRef, useState, type FormEvent } from 'react';
import { requestKey } from '../../relay/request-key.ts';
import { Button } from '../../ui/button.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { lastSpawn, rememberSpawn } from './last-spawn.ts';

interface SpawnFormProps {
  readonly runners: readonly RunnerView[];
  readonly onStarted: (id: string) => void;
}

/** What to start and where; begins with what was started last. */
export function SpawnForm({ runners, onStarted }: SpawnFormProps) {
  const relay = useRelay();
  const online = useWorld((world) => world.link === 'online');
  const last = lastSpawn();
  const [runnerId, setRunnerId] = useState(
    () => (runners.find(({ id }) => id === last.runnerId) ?? firstChoice(runners))?.id,
  );
  const [agent, setAgent] = useState(last.agent ?? '');
  const [cwd, setCwd] = useState(last.cwd ?? '');
  const [model, setModel] = useState(last.model ?? '');
  const [prompt, setPrompt] = useState('');
  const key = useRef({ key: requestKey(), of: '' });
  const runner = runners.find(({ id }) => id === runnerId);
  const offers = runner?.profile.agents ?? [];
  const chosen = offers.find(({ name }) => name === agent);

  const start = useAction(
    useCallback(
      async (spec: Omit<Parameters<typeof relay.spawn>[0], 'key'>) => {
        const body = JSON.stringify(spec);
        // The same press again is the same session; another text is another one.
        if (key.current.of !== body) key.current = { key: requestKey(), of: body };
        const id = await relay.spawn({ ...spec, key: key.current.key });
        onStarted(id);
      },
      [relay, onStarted],
    ),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const spec = {
      ...(runner !== undefined && { runnerId: runner.id }),
      ...(chosen !== undefined && { agent: chosen.name }),
      ...(cwd.trim() !== '' && { cwd: cwd.trim() }),
      ...(model.trim() !== '' && { model: model.trim() }),
    };
    rememberSpawn(spec);
    void start.run({ ...spec, prompt: prompt.trim() });
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      {runners.length > 1 && (
        <Field label="Runner">
          {(control) => (
            <select
              {...control}
              className={CONTROL}
              value={runnerId}
              onChange={(event) => setRunnerId(runners.find(({ id }) => id === event.target.value)?.id)}
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
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Agent" hint={chosen?.problem}>
          {(control) => (
            <select
              {...control}
              className={CONTROL}
              value={chosen?.name ?? ''}
              onChange={(event) => setAgent(event.target.value)}
            >
              <option value="">{runner === undefined ? 'Default' : `Default: ${runner.profile.defaultAgent}`}</option>
              {offers.map(({ name, version, problem }) => (
                <option key={name} value={name}>
                  {name}
                  {version !== undefined && ` ${version}`}
                  {problem !== undefined && ' · not ready'}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Model">
          {(control) => (
            <input
              {...control}
              className={CONTROL}
              placeholder="The agent’s own choice"
              value={model}
              maxLength={200}
              spellCheck={false}
              autoCapitalize="none"
              onChange={(event) => setModel(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Field label="Folder" hint={`On ${runner?.profile.name ?? 'the runner'}, below its allowed roots.`}>
        {(control) => (
          <input
            {...control}
            className={`${CONTROL} font-mono`}
            placeholder="The runner’s own choice"
            value={cwd}
            maxLength={4096}
            spellCheck={false}
            autoCapitalize="none"
            autoCorrect="off"
            onChange={(event) => setCwd(event.target.value)}
          />
        )}
      </Field>
      <ProblemNote problem={start.problem} />
      <Button
        look="primary"
        type="submit"
        className="min-h-12"
        busy={start.busy}
        disabled={!online || prompt.trim() === ''}
      >
        {start.busy ? 'Starting …' : 'Start'}
      </Button>
    </form>
  );
}

function firstChoice(runners: readonly RunnerView[]): RunnerView | undefined {
  return runners.find(({ online }) => online) ?? runners[0];
}
