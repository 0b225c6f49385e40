import { useCallback, useState } from 'react';
import { clockText, dayText } from '../../../state/time.ts';
import { Once } from '../../../ui/once.tsx';
import { LoadedList } from '../../loaded-list.tsx';
import { Page } from '../../page.tsx';
import { Part } from '../../part.tsx';
import { useRelay, useWorld } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { useLoaded } from '../../use-loaded.ts';
import { InviteForm, type Invited } from './invite-form.tsx';
import { PersonLine, type PersonChange } from './person-line.tsx';

/** Who may come in, and as what. For owners. */
export function People() {
  const relay = useRelay();
  const myId = useWorld((world) => world.me?.personId);
  const people = useLoaded(useCallback(async () => (await relay.request('listPeople', {})).people, [relay]));
  const [invited, setInvited] = useState<Invited>();
  const change = useAction(async (id: PersonId, body: PersonChange) => {
    await relay.request('changePerson', { params: { id }, body });
    await people.reload();
  });
  const invite = useAction(async ({ id, name, reset }: { id: PersonId; name: string; reset: boolean }) => {
    setInvited({ name, ...(await relay.request('invitePerson', { params: { id }, body: { reset } })) });
    await people.reload();
  });
  return (
    <Page title="People" narrow>
      <div className="flex flex-col gap-8">
        {invited !== undefined && (
          <Once text={invited.url} label="Copy the invitation">
            Send this link to {invited.name} alone: it works once, until {dayText(invited.expiresAt)},{' '}
            {clockText(invited.expiresAt)}, and is shown only now.
          </Once>
        )}
        <Part title="Who may come in">
          <LoadedList
            label="People"
            of={people}
            problem={change.problem ?? invite.problem}
            none="Nobody may come in."
            expect={{ rows: 2, height: 5 }}
          >
            {(person) => (
              <PersonLine
                key={person.id}
                person={person}
                isMe={person.id === myId}
                busy={change.busy || invite.busy}
                onChange={(body) => void change.run(person.id, body)}
                onInvite={(reset) => void invite.run({ id: person.id, name: person.name, reset })}
              />
            )}
          </LoadedList>
        </Part>
        <Part title="Invite somebody">
          <InviteForm
            onInvited={async (fresh) => {
              setInvited(fresh);
              await people.reload();
            }}
          />
        </Part>
      </div>
    </Page>
  );
}

type PersonId = Parameters<typeof PersonLine>[0]['person']['id'];
