import type { SessionId } from '@treeline/shared';
import { Suspense, useCallback } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { PaneBoundary } from '../features/shell/pane-boundary.tsx';
import { ScreenLoading } from '../features/screen-loading.tsx';
import { paths, patterns } from '../paths.ts';
import { SessionScreen } from './session-screen.tsx';

/** The addresses below a share link. `first`: where it begins. */
export function SharedScreens({ first }: { readonly first: string }) {
  const [location, navigate] = useLocation();
  const go = useCallback((path: string) => navigate(path), [navigate]);
  return (
    <PaneBoundary of={location}>
      <Suspense fallback={<ScreenLoading />}>
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
