import { useEffect, useState, type FormEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { Entrance } from './entrance.tsx';
import { WithOidc } from './with-oidc.tsx';
import { WithPasskey } from './with-passkey.tsx';
import { WithPassword } from './with-password.tsx';

export function SignIn() {
  const relay = useRelay();
  const [code, setCode] = useState('');
  const signIn = useAction((text: string) => relay.signIn(text));
  useEffect(() => {
    document.title = 'Sign in · Treeline';
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signIn.run(code.trim());
  };
  return (
    <Entrance title="Sign in">
      <WithOidc />
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <Field
          label="One-time code"
          hint="Where the relay runs: treeline up shows one, treeline login --code makes another."
        >
          {(control) => (
            <input
              {...control}
              className={`${CONTROL} text-center font-mono text-xl tracking-widest uppercase`}
              value={code}
              onChange={(event) => setCode(event.target.value)}
              autoComplete="one-time-code"
              autoCapitalize="characters"
              spellCheck={false}
              placeholder="7QK2-9FXM"
              required
              minLength={4}
              maxLength={64}
            />
          )}
        </Field>
        <ProblemNote problem={signIn.problem} />
        <Button look="primary" type="submit" busy={signIn.busy}>
          Sign in
        </Button>
      </form>
      <WithPasskey />
      <WithPassword />
    </Entrance>
  );
}
