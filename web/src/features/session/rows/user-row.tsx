import type { RowOf } from '../../../state/rows.ts';
import { Folded } from '../../../ui/folded.tsx';
import { FromChild } from './from-child.tsx';

const WORDS: Readonly<Record<string, string>> = {
  tell: 'From the parent',
  trigger_closed: 'Closed elsewhere',
  answer: 'Answer',
  refusal: 'Refused by the relay',
};

/** What the session was told: by a person, its parent, or a child. */
export function UserRow({ row }: { readonly row: RowOf<'user'> }) {
  const { origin, text } = row;
  if (origin?.kind === 'trigger') return <FromChild row={row} />;
  const word = origin === undefined ? undefined : WORDS[origin.kind];
  const from = [word, origin?.name].filter(Boolean).join(' · ');
  return (
    <div className="ml-auto w-fit max-w-[92%] rounded-2xl rounded-br-md bg-accent-soft px-4 py-2">
      {from !== '' && <p className="text-[0.8125rem] font-medium text-muted">{from}</p>}
      <Folded lines={12}>
        <p dir="auto" className="break-words whitespace-pre-wrap">
          {text}
        </p>
      </Folded>
    </div>
  );
}
