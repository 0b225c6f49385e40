import { useState, type FormEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

/** For whoever has set one. */
export function WithPassword() {
  const relay = useRelay();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const enter = useAction((as: { name: string; password: string }) => relay.signInWithPassword(as));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void enter.run({ name: name.trim(), password });
  };
  return (
    <form className="flex flex-col gap-4 border-t border-line pt-6" onSubmit={submit}>
      <Field label="Name">
        {(control) => (
          <input
            {...control}
            className={CONTROL}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={63}
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <input
            {...control}
            className={CONTROL}
            type="password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="current-password"
            required
            maxLength={200}
          />
        )}
      </Field>
      <ProblemNote problem={enter.problem} />
      <Button type="submit" busy={enter.busy}>
        Use password
      </Button>
    </form>
  );
}
