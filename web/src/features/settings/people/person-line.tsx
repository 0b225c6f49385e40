import type { PersonView, Role } from '@treeline/shared';
import { ROLE_WORDS } from '../../../state/right-words.ts';
import { Button } from '../../../ui/button.tsx';
import { Confirmed } from '../../../ui/confirmed.tsx';
import { CONTROL } from '../../../ui/field.tsx';
import { Ago } from '../../ago.tsx';

export type PersonChange = { readonly role: Role } | { readonly disabled: boolean };

interface PersonLineProps {
  readonly person: PersonView;
  readonly isMe: boolean;
  readonly busy: boolean;
  readonly onChange: (change: PersonChange) => void;
  /** `reset`: what they had to come in with ends. */
  readonly onInvite: (reset: boolean) => void;
}

/** One person: who, with what they come in, and what an owner can change. */
export function PersonLine({ person, isMe, busy, onChange, onInvite }: PersonLineProps) {
  const { name, role, createdAt, disabledAt, hasPassword, passkeys } = person;
  const ways = [
    hasPassword && 'a password',
    passkeys > 0 && (passkeys === 1 ? 'a passkey' : `${passkeys} passkeys`),
  ].filter((way) => way !== false);
  return (
    <li className="flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <p className="font-medium break-words">
            {name}
            {isMe && <span className="font-normal text-muted"> · you</span>}
            {disabledAt !== undefined && <span className="font-normal text-bad"> · disabled</span>}
          </p>
          <p className="text-[0.8125rem] text-muted">
            {ways.length === 0 ? 'one-time codes only' : ways.join(', ')} · here for <Ago at={createdAt} />
          </p>
        </div>
        <label className="flex items-center gap-2">
          <span className="text-[0.875rem] text-muted">Role</span>
          <select
            aria-label={`Role of ${name}`}
            className={`${CONTROL} w-auto`}
            value={role}
            disabled={busy || disabledAt !== undefined}
            onChange={({ target }) => onChange({ role: target.value as Role })}
          >
            {(Object.keys(ROLE_WORDS) as Role[]).map((each) => (
              <option key={each} value={each}>
                {ROLE_WORDS[each].text}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="flex flex-wrap items-center justify-end gap-1">
        {disabledAt === undefined && (
          <>
            <Button look="quiet" aria-label={`New link for ${name}`} disabled={busy} onClick={() => onInvite(false)}>
              New link
            </Button>
            {!isMe && (
              <>
                <Confirmed
                  word="Reset"
                  of={name}
                  question="Ends password, passkeys and sign-ins."
                  busy={busy}
                  onConfirm={() => onInvite(true)}
                />
                <Confirmed
                  word="Disable"
                  of={name}
                  question="Also ends their keys and links."
                  busy={busy}
                  onConfirm={() => onChange({ disabled: true })}
                />
              </>
            )}
          </>
        )}
        {disabledAt !== undefined && (
          <Button aria-label={`Enable ${name}`} disabled={busy} onClick={() => onChange({ disabled: false })}>
            Enable
          </Button>
        )}
      </div>
    </li>
  );
}
