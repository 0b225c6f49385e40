import { useState, type FormEvent } from 'react';
import { Button } from '../../../ui/button.tsx';
import { CONTROL, Field } from '../../../ui/field.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay, useWorld } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';

/** Sets one's own password; whoever has one gives it, too. */
export function PasswordForm() {
  const relay = useRelay();
  const me = useWorld((world) => world.me);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [done, setDone] = useState(false);
  const has = me?.hasPassword === true;
  const save = useAction(async () => {
    setDone(false);
    await relay.setPassword({ password, ...(has && { current }) });
    setCurrent('');
    setPassword('');
    setDone(true);
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <p className="text-muted">
        {has ? 'You have one.' : 'You have none; one-time codes sign you in.'} A new one signs out all your other
        devices.
      </p>
      <input type="hidden" autoComplete="username" value={me?.name ?? ''} readOnly />
      {has && (
        <Field label="Current password">
          {(control) => (
            <input
              {...control}
              className={CONTROL}
              type="password"
              autoComplete="current-password"
              required
              maxLength={200}
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
      )}
      <Field label="New password" hint="At least 10 characters.">
        {(control) => (
          <input
            {...control}
            className={CONTROL}
            type="password"
            autoComplete="new-password"
            required
            minLength={10}
            maxLength={200}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <ProblemNote problem={save.problem} />
      <div className="flex items-center gap-3">
        <Button type="submit" busy={save.busy} disabled={password.length < 10}>
          {has ? 'Change it' : 'Set a password'}
        </Button>
        <span role="status">{done && 'Saved'}</span>
      </div>
    </form>
  );
}
