import type { NotificationsView } from '@treeline/shared';
import { useCallback, useState, type FormEvent } from 'react';
import { Button } from '../../../ui/button.tsx';
import { CONTROL, Field } from '../../../ui/field.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { TestButton } from './test-button.tsx';

interface TopicFormProps {
  readonly topic: NotificationsView['topic'];
  readonly onChanged: (view: NotificationsView) => void;
}

/** A second channel that needs no https: a topic of ntfy.sh or of a server of one's own. */
export function TopicForm({ topic, onChanged }: TopicFormProps) {
  const { pushes } = useRelay();
  const [url, setUrl] = useState(topic?.url ?? '');
  const [token, setToken] = useState('');
  const save = useAction(
    useCallback(
      async (at: string, secret: string) => {
        onChanged(await pushes.setTopic({ url: at, ...(secret === '' ? {} : { token: secret }) }));
        setToken('');
      },
      [pushes, onChanged],
    ),
  );
  const remove = useAction(
    useCallback(async () => {
      onChanged(await pushes.removeTopic());
      setUrl('');
    }, [pushes, onChanged]),
  );
  const refresh = useCallback(() => void pushes.view().then(onChanged), [pushes, onChanged]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run(url.trim(), token.trim());
  };
  return (
    <form className="flex flex-col gap-3" onSubmit={submit}>
      <Field label="Address" hint="Whoever knows it can read it and write to it: choose a name that nobody guesses.">
        {(control) => (
          <input
            {...control}
            type="url"
            required
            className={CONTROL}
            placeholder="https://ntfy.sh/treeline-7f3k9…"
            value={url}
            onChange={({ target }) => setUrl(target.value)}
          />
        )}
      </Field>
      <Field
        label="Access token"
        hint={topic?.hasToken === true ? 'One is kept; it is never shown.' : 'If the topic wants one.'}
      >
        {(control) => (
          <input
            {...control}
            type="password"
            autoComplete="off"
            className={CONTROL}
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" busy={save.busy} disabled={url.trim() === ''}>
          Save the topic
        </Button>
        {topic !== null && (
          <Button look="quiet" busy={remove.busy} onClick={() => void remove.run()}>
            Remove it
          </Button>
        )}
      </div>
      {topic?.trouble !== undefined && (
        <p className="text-bad">
          <span aria-hidden="true">✕ </span>
          {topic.trouble}
        </p>
      )}
      {topic !== null && <TestButton to="ntfy" onTested={refresh} />}
      <ProblemNote problem={save.problem ?? remove.problem} />
    </form>
  );
}
