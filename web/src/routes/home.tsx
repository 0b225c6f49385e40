import { Redirect } from 'wouter';
import { useWorld } from '../features/relay-context.ts';
import { paths } from '../paths.ts';
import { waitingForPeople } from '../state/world.ts';

/** What needs somebody comes first. */
export function Home() {
  const loaded = useWorld((world) => world.loaded);
  const waiting = useWorld(waitingForPeople);
  if (!loaded) return null;
  return <Redirect to={waiting > 0 ? paths.inbox : paths.sessions()} replace />;
}
