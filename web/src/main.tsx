/** The viewer's entry: one relay, one page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { navigate } from 'wouter/use-browser-location';
import { RelayContext } from './features/relay-context.ts';
import { Relay } from './relay/relay.ts';
import { App } from './routes/app.tsx';
import './styles.css';

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root');

const relay = new Relay();
void relay.start();
// The router hears of the address by itself.
void relay.worker.start((path) => navigate(path));
createRoot(root).render(
  <StrictMode>
    <RelayContext value={relay}>
      <App />
    </RelayContext>
  </StrictMode>,
);
