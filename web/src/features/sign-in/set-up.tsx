import { useEffect, useState, type FormEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { Entrance } from './entrance.tsx';

/** For the first person, and for whoever was invited: a one-time code, taken out of the address at once, and a password. */
export function SetUp({ onDone }: { readonly onDone: () => void }) {
  const relay = useRelay();
  const [code, setCode] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [password, setPassword] = useState('');
  const setUp = useAction(async (given: { code: string; password?: string }) => {
    await relay.setUp(given);
    onDone();
  });
  useEffect(() => {
    document.title = 'Set up · Treeline';
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname);
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void setUp.run({ code: code.trim(), ...(password === '' ? {} : { password }) });
  };
  return (
    <Entrance title="Set up your access">
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <Field label="One-time code" hint="From your invitation, or from where the relay runs.">
          {(control) => (
            <input
              {...control}
              className={`${CONTROL} text-center font-mono text-xl tracking-widest uppercase`}
              value={code}
              onChange={(event) => setCode(event.target.value)}
              autoComplete="one-time-code"
              spellCheck={false}
              required
              minLength={4}
              maxLength={64}
            />
          )}
        </Field>
        <Field label="New password" hint="At least 10 characters. May be left out: one-time codes go on working.">
          {(control) => (
            <input
              {...control}
              className={CONTROL}
              type="password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              autoComplete="new-password"
              minLength={10}
              maxLength={200}
            />
          )}
        </Field>
        <ProblemNote problem={setUp.problem} />
        <Button look="primary" type="submit" busy={setUp.busy}>
          Continue
        </Button>
      </form>
    </Entrance>
  );
}
