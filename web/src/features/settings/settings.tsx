import { useCallback, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Page } from '../page.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { Keys } from './keys.tsx';
import { PairPhone } from './pair-phone.tsx';
import { setTheme, storedTheme, type Theme } from './theme.ts';

const THEMES: readonly { readonly id: Theme; readonly text: string }[] = [
  { id: 'system', text: 'As the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

export function Settings() {
  const relay = useRelay();
  const me = useWorld((world) => world.me);
  const [theme, choose] = useState(storedTheme);
  const signOut = useAction(useCallback(() => relay.signOut(), [relay]));
  return (
    <Page title="Settings" narrow>
      <div className="flex flex-col gap-8">
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
        <Part title="Notifications">
          <Link className={buttonClass('plain', 'self-start')} href={paths.notifications}>
            Choose what reaches you, and where
          </Link>
        </Part>
        <Part title="Pair a phone">
          <PairPhone />
        </Part>
        <Part title="Keys">
          <Keys />
        </Part>
        <Part title="Activity">
          <Link
            href={paths.activity}
            className="inline-flex min-h-11 items-center self-start text-accent underline underline-offset-2"
          >
            Who did what
          </Link>
        </Part>
        <Part title="You">
          <p>
            Signed in as <span className="font-medium">{me?.name ?? '…'}</span>.
          </p>
          <ProblemNote problem={signOut.problem} />
          <Button className="self-start" busy={signOut.busy} onClick={() => void signOut.run()}>
            Sign out
          </Button>
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
            href="/api/openapi.json"
          >
            The API
          </a>
        </Part>
      </div>
    </Page>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}
