import { useEffect } from 'react';
import { Redirect, useLocation } from 'wouter';
import { isOwn, paths } from '../paths.ts';
import { useWorld } from '../features/relay-context.ts';
import { ComingBack } from '../features/sign-in/coming-back.tsx';
import { Pairing } from '../features/sign-in/pairing.tsx';
import { SetUp } from '../features/sign-in/set-up.tsx';
import { SignIn } from '../features/sign-in/sign-in.tsx';
import { Screens } from './screens.tsx';

/** Who is not signed in sees the door, and comes out where they wanted to go. */
export function App() {
  const access = useWorld((world) => world.access);
  const [location, navigate] = useLocation();
  const wanted = new URLSearchParams(globalThis.location.search).get('to');
  useEffect(() => {
    if (access === 'signed_in' && location === paths.login) navigate(safe(wanted), { replace: true });
  }, [access, location, navigate, wanted]);

  if (location === paths.pair)
    return (
      <Pairing
        onGiveUp={() => navigate(paths.login, { replace: true })}
        onDone={() => navigate(paths.home, { replace: true })}
      />
    );
  if (location === paths.oidc)
    return (
      <ComingBack
        onGiveUp={() => navigate(paths.login, { replace: true })}
        onDone={() => navigate(paths.home, { replace: true })}
      />
    );
  if (location === paths.setUp) return <SetUp onDone={() => navigate(paths.home, { replace: true })} />;
  if (access === 'unknown') return null;
  if (access === 'signed_in') return location === paths.login ? null : <Screens />;
  if (location !== paths.login) {
    const to = location === paths.home ? '' : `?to=${encodeURIComponent(location)}`;
    return <Redirect to={`${paths.login}${to}`} replace />;
  }
  return <SignIn />;
}

/** Only an address of this page. */
function safe(path: string | null): string {
  return isOwn(path) ? path : paths.home;
}
