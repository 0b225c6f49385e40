/**
 * The secret of the link that this tab was opened with. It is taken out of the address at once, so that it stays neither in
 * sight nor in the history, and kept for this tab alone, so that the page can be loaded again.
 */
const KEY = 'treeline.share';
const SECRET = /^#(tl_share_\w+)$/;

/** Undefined when neither the address nor this tab has one. */
export function takeSecret(): string | undefined {
  const found = SECRET.exec(location.hash)?.[1];
  if (found === undefined) return sessionStorage.getItem(KEY) ?? undefined;
  sessionStorage.setItem(KEY, found);
  history.replaceState(history.state, '', location.pathname);
  return found;
}

/** Calls back with the secret of another link that is opened in the same tab; returns how to stop that. */
export function watchSecret(onSecret: (secret: string) => void): () => void {
  const look = () => {
    if (!SECRET.test(location.hash)) return;
    const secret = takeSecret();
    if (secret !== undefined) onSecret(secret);
  };
  addEventListener('hashchange', look);
  return () => removeEventListener('hashchange', look);
}
