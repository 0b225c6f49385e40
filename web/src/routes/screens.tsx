import type { RunnerId, SessionId, TriggerId } from '@treeline/shared';
import { Suspense, useCallback } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { AddRunner } from '../features/runners/add-runner.tsx';
import { Inbox } from '../features/inbox/inbox.tsx';
import { Page } from '../features/page.tsx';
import { Runners } from '../features/runners/runners.tsx';
import { PaneBoundary } from '../features/shell/pane-boundary.tsx';
import { Shell } from '../features/shell/shell.tsx';
import { ScreenLoading } from '../features/screen-loading.tsx';
import { areas, paths, patterns } from '../paths.ts';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Home } from './home.tsx';
import { RunnerScreen } from './runner-screen.tsx';
import { SessionScreen } from './session-screen.tsx';
import { SessionsScreen } from './sessions-screen.tsx';
import { SpawnScreen } from './spawn-screen.tsx';
import { part } from '../features/lazy-part.ts';

const SignInSettings = part(
  () => import('../features/settings/sign-in/sign-in-settings.tsx'),
  (it) => it.SignInSettings,
);
const Devices = part(
  () => import('../features/settings/devices/devices.tsx'),
  (it) => it.Devices,
);
const Keys = part(
  () => import('../features/settings/keys/keys.tsx'),
  (it) => it.Keys,
);
const People = part(
  () => import('../features/settings/people/people.tsx'),
  (it) => it.People,
);
const Activity = part(
  () => import('../features/activity/activity.tsx'),
  (it) => it.Activity,
);
const Settings = part(
  () => import('../features/settings/settings.tsx'),
  (it) => it.Settings,
);
const Notifications = part(
  () => import('../features/settings/notifications/notifications.tsx'),
  (it) => it.Notifications,
);

/** Which address shows which screen. */
export function Screens() {
  const [location, navigate] = useLocation();
  const go = useCallback((path: string) => navigate(path), [navigate]);
  const close = useCallback((path: string) => () => (history.length > 1 ? history.back() : navigate(path)), [navigate]);
  return (
    <Shell go={go} full={areas.session.test(location)}>
      <PaneBoundary of={location}>
        <Suspense fallback={<ScreenLoading />}>
          <Switch>
            <Route path={paths.home}>
              <Home />
            </Route>
            <Route path={paths.inbox}>
              <Inbox selected={undefined} go={go} />
            </Route>
            <Route path={patterns.trigger}>{({ id }) => <Inbox selected={id as TriggerId} go={go} />}</Route>
            <Route path={paths.sessions()}>
              <SessionsScreen go={go} />
            </Route>
            <Route path={patterns.session}>{({ id }) => <SessionScreen id={id as SessionId} go={go} />}</Route>
            <Route path={paths.spawn}>
              <SessionsScreen go={go} />
              <SpawnScreen go={go} onClose={close(paths.sessions())} />
            </Route>
            <Route path={paths.runners}>
              <Runners />
            </Route>
            <Route path={paths.addRunner}>
              <Runners />
              <AddRunner onClose={() => navigate(paths.runners)} />
            </Route>
            <Route path={paths.signInSettings}>
              <SignInSettings />
            </Route>
            <Route path={paths.devices}>
              <Devices />
            </Route>
            <Route path={paths.keys}>
              <Keys />
            </Route>
            <Route path={paths.people}>
              <People />
            </Route>
            <Route path={paths.notifications}>
              <Notifications />
            </Route>
            <Route path={paths.activity}>
              <Activity />
            </Route>
            <Route path={patterns.runner}>{({ id }) => <RunnerScreen id={id as RunnerId} go={go} />}</Route>
            <Route path={paths.settings}>
              <Settings />
            </Route>
            <Route>
              <Page title="Not here">
                <Empty
                  title="There is nothing at this address"
                  action={<Button onClick={() => go(paths.home)}>Show what there is</Button>}
                />
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </PaneBoundary>
    </Shell>
  );
}
