/** The viewer's entry: one page, for somebody who signs in, or for whoever has a share link. */
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { navigate } from 'wouter/use-browser-location';
import { FeedContext, RelayContext } from './features/relay-context.ts';
import { paths } from './paths.ts';
import { Relay } from './relay/relay.ts';
import { App } from './routes/app.tsx';
import './styles.css';
import { part } from './features/lazy-part.ts';

const ShareApp = part(
  () => import('./routes/share-app.tsx'),
  (it) => it.ShareApp,
);

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root');

createRoot(root).render(
  <StrictMode>
    {isShare() ? (
      <Suspense fallback={null}>
        <ShareApp />
      </Suspense>
    ) : (
      signedIn()
    )}
  </StrictMode>,
);

function isShare(): boolean {
  return location.pathname === paths.share || location.pathname.startsWith(`${paths.share}/`);
}

function signedIn() {
  const relay = new Relay();
  void relay.start();
  // The router hears of the address by itself.
  void relay.worker.start((path) => navigate(path));
  return (
    <RelayContext value={relay}>
      <FeedContext value={relay.feed}>
        <App />
      </FeedContext>
    </RelayContext>
  );
}
