import type { Role } from '@treeline/shared';
import { useState, type FormEvent } from 'react';
import { ROLE_WORDS } from '../../../state/right-words.ts';
import { Button } from '../../../ui/button.tsx';
import { Choice } from '../../../ui/choice.tsx';
import { CONTROL, Field } from '../../../ui/field.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';

export interface Invited {
  readonly name: string;
  readonly url: string;
  readonly expiresAt: number;
}

const ROLES = (['viewer', 'operator', 'owner'] as const).map((id) => ({ id, text: ROLE_WORDS[id].text }));

interface InviteFormProps {
  readonly onInvited: (invited: Invited) => Promise<void>;
}

/** A name and a role; the answer is a link with which they come in. */
export function InviteForm({ onInvited }: InviteFormProps) {
  const relay = useRelay();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const invite = useAction(async () => {
    const { person, invitation } = await relay.request('createPerson', { body: { name: name.trim(), role } });
    setName('');
    await onInvited({ name: person.name, url: invitation.url, expiresAt: invitation.expiresAt });
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void invite.run();
      }}
    >
      <Field label="Name" hint="With it they sign in; an e-mail address is fine.">
        {(control) => (
          <input
            {...control}
            className={CONTROL}
            required
            maxLength={63}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <div className="flex flex-col gap-1">
        <Choice label="Role" options={ROLES} value={role} onChange={setRole} />
        <p className="text-[0.8125rem] text-muted">
          {ROLE_WORDS[role].text}: {ROLE_WORDS[role].hint}.
        </p>
      </div>
      <ProblemNote problem={invite.problem} />
      <Button look="primary" type="submit" className="self-start" busy={invite.busy} disabled={name.trim() === ''}>
        Invite
      </Button>
    </form>
  );
}
