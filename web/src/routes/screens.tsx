import type { RunnerId, SessionId, TriggerId } from '@treeline/shared';
import { lazy, Suspense, useCallback } from 'react';
import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter';
import { AddRunner } from '../features/runners/add-runner.tsx';
import { Inbox } from '../features/inbox/inbox.tsx';
import { Page } from '../features/page.tsx';
import { useWorld } from '../features/relay-context.ts';
import { Runners } from '../features/runners/runners.tsx';
import { Sessions } from '../features/sessions/sessions.tsx';
import { PaneBoundary } from '../features/shell/pane-boundary.tsx';
import { Shell } from '../features/shell/shell.tsx';
import { Spawn } from '../features/spawn/spawn.tsx';
import { paths, patterns, type RunnerTab, type SessionTab, type SessionsView } from '../paths.ts';
import { waitingForPeople } from '../state/world.ts';
import { Empty } from '../ui/empty.tsx';
import { useHash } from './use-hash.ts';

const Session = lazy(async () => ({ default: (await import('../features/session/session.tsx')).Session }));
const Activity = lazy(async () => ({ default: (await import('../features/activity/activity.tsx')).Activity }));
const Runner = lazy(async () => ({ default: (await import('../features/runners/runner.tsx')).Runner }));
const Settings = lazy(async () => ({ default: (await import('../features/settings/settings.tsx')).Settings }));
const Notifications = lazy(async () => ({
  default: (await import('../features/settings/notifications/notifications.tsx')).Notifications,
}));

/** Which address shows which screen. */
export function Screens() {
  const [location, navigate] = useLocation();
  const go = useCallback((path: string) => navigate(path), [navigate]);
  const close = useCallback((path: string) => () => (history.length > 1 ? history.back() : navigate(path)), [navigate]);
  return (
    <Shell go={go} full={location.startsWith('/s/')}>
      <PaneBoundary of={location}>
        <Suspense fallback={null}>
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
              <Spawn go={go} onClose={close(paths.sessions())} />
            </Route>
            <Route path={paths.runners}>
              <Runners />
            </Route>
            <Route path={paths.addRunner}>
              <Runners />
              <AddRunner onClose={() => navigate(paths.runners)} />
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
                <Empty title="There is nothing at this address" />
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </PaneBoundary>
    </Shell>
  );
}

/** What needs somebody comes first. */
function Home() {
  const loaded = useWorld((world) => world.loaded);
  const waiting = useWorld(waitingForPeople);
  if (!loaded) return null;
  return <Redirect to={waiting > 0 ? paths.inbox : paths.sessions()} replace />;
}

const TABS: ReadonlySet<string> = new Set<SessionTab>(['chat', 'tree', 'info']);

function SessionScreen({ id, go }: { readonly id: SessionId; readonly go: (path: string) => void }) {
  const tab = new URLSearchParams(useSearch()).get('tab') ?? 'chat';
  const hash = useHash();
  return (
    <Session
      key={id}
      id={id}
      tab={TABS.has(tab) ? (tab as SessionTab) : 'chat'}
      entry={hash.startsWith('#e-') ? hash.slice(3) : undefined}
      go={go}
    />
  );
}

const RUNNER_TABS: readonly RunnerTab[] = ['overview', 'sessions', 'log', 'doctor'];

function RunnerScreen({ id, go }: { readonly id: RunnerId; readonly go: (path: string) => void }) {
  const tab = new URLSearchParams(useSearch()).get('tab');
  return <Runner key={id} id={id} tab={RUNNER_TABS.find((it) => it === tab) ?? 'overview'} go={go} />;
}

function SessionsScreen({ go }: { readonly go: (path: string) => void }) {
  const view: SessionsView = new URLSearchParams(useSearch()).get('view') === 'tree' ? 'tree' : 'status';
  return <Sessions view={view} go={go} />;
}
