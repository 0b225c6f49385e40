import { useCallback, useState } from 'react';
import { paths, relayAt } from '../../paths.ts';
import { ROLE_WORDS } from '../../state/right-words.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Page } from '../page.tsx';
import { Part } from '../part.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useMay, useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { SettingsLink } from './settings-link.tsx';
import { setTheme, storedTheme, type Theme } from './theme.ts';

const THEMES: readonly { readonly id: Theme; readonly text: string }[] = [
  { id: 'system', text: 'As the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

export function Settings() {
  const relay = useRelay();
  const me = useWorld((world) => world.me);
  const mayPeople = useMay('people');
  const mayKeys = useMay('keys');
  const mayAudit = useMay('relay');
  const [theme, choose] = useState(storedTheme);
  const signOut = useAction(useCallback(() => relay.signOut(), [relay]));
  return (
    <Page title="Settings" narrow>
      <div className="flex flex-col gap-8">
        <Part title="You">
          <p>
            Signed in as <span className="font-medium">{me?.name ?? '…'}</span>
            {me?.role !== undefined && `, ${ROLE_WORDS[me.role].text.toLowerCase()}: ${ROLE_WORDS[me.role].hint}`}.
          </p>
          <ProblemNote problem={signOut.problem} />
          <Button className="self-start" busy={signOut.busy} onClick={() => void signOut.run()}>
            Sign out
          </Button>
        </Part>
        <nav
          aria-label="Settings"
          className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface"
        >
          <SettingsLink href={paths.signInSettings} title="Sign-in" about="Passkeys and the password" />
          <SettingsLink href={paths.devices} title="Devices" about="Where you are signed in; pair a phone" />
          <SettingsLink href={paths.notifications} title="Notifications" about="What reaches you, and where" />
          {mayKeys && <SettingsLink href={paths.keys} title="Keys" about="For programs and machines" />}
          {mayPeople && <SettingsLink href={paths.people} title="People" about="Who may come in, and as what" />}
          {mayAudit && <SettingsLink href={paths.activity} title="Activity" about="Who did what" />}
        </nav>
        <Part title="Appearance">
          <Choice
            label="Theme"
            options={THEMES}
            value={theme}
            onChange={(next) => {
              choose(next);
              setTheme(next);
            }}
          />
        </Part>
        <Part title="About">
          <p className="text-muted">
            Treeline {me?.version ?? ''} · {me?.relayId ?? ''}
          </p>
          {me?.volatile === true && (
            <p className="text-attention">
              <span aria-hidden="true">⚠ </span>The store of this relay may lose what it has acknowledged.
            </p>
          )}
          <a
            className="inline-flex min-h-11 items-center self-start text-accent underline underline-offset-2"
            href={relayAt.apiDescription}
          >
            The API
          </a>
        </Part>
      </div>
    </Page>
  );
}
