import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import { takeSecret, watchSecret } from '../features/share/share-secret.ts';
import { Shared } from '../features/share/shared.tsx';
import { PaneBoundary } from '../features/shell/pane-boundary.tsx';
import { paths, patterns } from '../paths.ts';
import { SharedView } from '../relay/shared-view.ts';
import { SessionScreen } from './session-screen.tsx';
import type { SessionId } from '@treeline/shared';

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

/** `first`: where the link begins. */
function SharedScreens({ first }: { readonly first: string }) {
  const [location, navigate] = useLocation();
  const go = useCallback((path: string) => navigate(path), [navigate]);
  return (
    <PaneBoundary of={location}>
      <Suspense fallback={null}>
        <Switch>
          <Route path={patterns.session}>{({ id }) => <SessionScreen id={id as SessionId} go={go} />}</Route>
          <Route>
            <Redirect to={paths.session(first)} replace />
          </Route>
        </Switch>
      </Suspense>
    </PaneBoundary>
  );
}
