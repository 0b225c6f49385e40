import type { KeyView, Scope } from '@treeline/shared';
import { useState, type FormEvent } from 'react';
import { SCOPE_WORDS } from '../../../state/right-words.ts';
import { Button } from '../../../ui/button.tsx';
import { Checks } from '../../../ui/checks.tsx';
import { Choice } from '../../../ui/choice.tsx';
import { CONTROL, Field } from '../../../ui/field.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay, useWorld } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';

const DAY_MS = 24 * 3_600_000;
const KINDS = [
  { id: 'user', text: 'Key' },
  { id: 'hook', text: 'Hook key' },
  { id: 'join', text: 'Join token' },
] as const;
type Kind = (typeof KINDS)[number]['id'];
const ABOUT: Readonly<Record<Kind, string>> = {
  user: 'For your own programs and the command line.',
  hook: 'For a program elsewhere: it starts sessions and tells them, no more.',
  join: 'Lets one machine join as a runner, once, within 30 minutes.',
};
const SPANS = [
  { id: '30', text: '30 days', ms: 30 * DAY_MS },
  { id: '90', text: '90 days', ms: 90 * DAY_MS },
  { id: '365', text: '1 year', ms: 365 * DAY_MS },
  { id: 'never', text: 'Never', ms: undefined },
] as const;

interface NewKeyProps {
  readonly onMade: (made: { key: KeyView; secret: string }) => Promise<void>;
}

/** What a new key is for, what it may do, and until when. It may never do more than its maker. */
export function NewKey({ onMade }: NewKeyProps) {
  const relay = useRelay();
  const mine = useWorld((world) => world.me?.scopes);
  const [kind, setKind] = useState<Kind>('user');
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly Scope[]>();
  const [span, setSpan] = useState<(typeof SPANS)[number]['id']>('90');
  const scopes = chosen ?? mine ?? [];
  const make = useAction(async () => {
    const expiresInMs = kind === 'join' ? undefined : SPANS.find(({ id }) => id === span)?.ms;
    const body = {
      kind,
      name: name.trim(),
      ...(kind === 'user' && { scopes: [...scopes] }),
      ...(expiresInMs !== undefined && { expiresInMs }),
    };
    await onMade(await relay.request('createKey', { body }));
    setName('');
  });
  const incomplete = name.trim() === '' || (kind === 'user' && scopes.length === 0);
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void make.run();
      }}
    >
      <div className="flex flex-col gap-1">
        <Choice label="Kind" options={KINDS} value={kind} onChange={setKind} />
        <p className="text-[0.8125rem] text-muted">{ABOUT[kind]}</p>
      </div>
      <Field label="Name">
        {(control) => (
          <input
            {...control}
            className={CONTROL}
            required
            maxLength={63}
            placeholder={kind === 'join' ? 'kitchen-pi' : 'laptop scripts'}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {kind === 'user' && (
        <Checks
          label="It may"
          options={(mine ?? []).map((id) => ({ id, text: id, hint: SCOPE_WORDS[id] }))}
          values={scopes}
          onChange={setChosen}
        />
      )}
      {kind !== 'join' && <Choice label="It ends after" options={SPANS} value={span} onChange={setSpan} />}
      <ProblemNote problem={make.problem} />
      <Button look="primary" type="submit" className="self-start" busy={make.busy} disabled={incomplete}>
        Make a {KINDS.find(({ id }) => id === kind)?.text.toLowerCase()}
      </Button>
    </form>
  );
}
