import { useEffect, useMemo, useState } from 'react';
import { Router } from 'wouter';
import { takeSecret, watchSecret } from '../features/share/share-secret.ts';
import { Shared } from '../features/share/shared.tsx';
import { paths } from '../paths.ts';
import { SharedView } from '../relay/shared-view.ts';
import { SharedScreens } from './shared-screens.tsx';

/** What a share link opens, without an account: its session, and with it what is below, at addresses of their own. */
export function ShareApp() {
  const [secret, setSecret] = useState(takeSecret);
  useEffect(() => watchSecret(setSecret), []);
  const view = useMemo(() => (secret === undefined ? undefined : new SharedView(secret)), [secret]);
  return (
    <Router base={paths.share}>
      <Shared view={view}>{(sessionId) => <SharedScreens first={sessionId} />}</Shared>
    </Router>
  );
}
